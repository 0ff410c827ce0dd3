/** May deliveries go to loopback: where the switch is on and the project itself is on this machine. */

const ON = ["1", "true", "yes", "on"];
// `kong` is the name of the local platform's own gateway, as functions see it
const LOCAL_PROJECTS = ["localhost", "127.0.0.1", "[::1]", "kong", "host.docker.internal"];

export function allowsLocal(projectUrl: string, value: string | undefined): boolean {
  if (!ON.includes(value?.trim().toLowerCase() ?? "")) return false;
  const { hostname } = new URL(projectUrl);
  if (!LOCAL_PROJECTS.includes(hostname) && !hostname.startsWith("supabase_kong_")) {
    throw new Error(
      `CAMPAIGNBASE_WEBHOOKS_LOCAL lets every workspace of ${hostname} reach the function's own machine; ` +
        "it is for projects on this machine: unset it",
    );
  }
  return true;
}
