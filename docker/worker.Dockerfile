# A worker of a Supabase project: docker build -f docker/worker.Dockerfile -t campaignbase-worker .
# Set SUPABASE_URL and SUPABASE_SECRET_KEY.
FROM python:3.12-slim AS build
WORKDIR /src
COPY . .
RUN python -m venv /opt/campaignbase && /opt/campaignbase/bin/pip install --no-cache-dir '.[supabase]'

FROM python:3.12-slim
COPY --from=build /opt/campaignbase /opt/campaignbase
RUN useradd --system --no-create-home campaignbase
USER campaignbase
WORKDIR /tmp
HEALTHCHECK CMD ["/opt/campaignbase/bin/python", "-c", \
  "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9464/health', timeout=3)"]
CMD ["/opt/campaignbase/bin/campaignbase", "worker", "--metrics-port", "9464"]
