"""Both workers until SIGTERM or Ctrl-C: `python -m campaignbase.local.stand_ins postgresql://...`."""

import asyncio
import signal
import sys

from campaignbase.local.stand_ins import cron, net


async def main(url: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await asyncio.gather(net.run(url, stop), cron.run(url, stop))


asyncio.run(main(sys.argv[1]))
