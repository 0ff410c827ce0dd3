# The REST API of a Supabase project: docker build -f docker/api.Dockerfile -t campaignbase-api .
# Set SUPABASE_URL and SUPABASE_PUBLISHABLE_KEY; SUPABASE_SECRET_KEY only for API keys and the shared cache
# (docs/api.md), REDIS_URL for rates that several count together. TLS is the proxy's before it.
FROM python:3.12-slim AS build
WORKDIR /src
COPY . .
RUN python -m venv /opt/campaignbase && /opt/campaignbase/bin/pip install --no-cache-dir '.[api,supabase]'

FROM python:3.12-slim
COPY --from=build /opt/campaignbase /opt/campaignbase
RUN useradd --system --no-create-home campaignbase
USER campaignbase
WORKDIR /tmp
EXPOSE 8000
HEALTHCHECK CMD ["/opt/campaignbase/bin/python", "-c", \
  "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=3)"]
CMD ["/opt/campaignbase/bin/campaignbase", "serve", "--host", "0.0.0.0", "--port", "8000"]
