# Two stages: what builds does not ship. No secret is in the image; settings come from the environment.

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/rong
COPY requirements-runtime.lock /src/
RUN /opt/rong/bin/pip install --require-hashes -r /src/requirements-runtime.lock
COPY . /src
# The build backend stays in this stage's own Python; the environment that ships gets the finished wheel only.
RUN pip install --require-hashes -r /src/requirements-build.lock \
 && pip wheel --no-deps --no-build-isolation --wheel-dir /wheels /src \
 && /opt/rong/bin/pip install --no-deps --no-index /wheels/rong-*.whl

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin rong
COPY --from=build /opt/rong /opt/rong
ENV PATH=/opt/rong/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER rong
WORKDIR /tmp
EXPOSE 8000
# "Can serve", not only "is up": a process that lost its database is taken out.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["rong"]
CMD ["api", "--host", "0.0.0.0", "--port", "8000"]
