FROM node:24-slim AS frontends
WORKDIR /frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend/ ./
RUN npm run build

FROM python:3.11-slim AS packages
COPY requirements/base.txt /requirements.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r /requirements.txt \
    && printf '#!/venv/bin/python\nfrom app.cli import app\n\napp()\n' > /venv/bin/anlan \
    && chmod 755 /venv/bin/anlan

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin anlan \
    && install -d -o 10001 /anchors
WORKDIR /anlan
COPY --from=packages /venv /venv
COPY alembic.ini ./
COPY migrations ./migrations
COPY app ./app
COPY --from=frontends /frontend/dist ./frontend/dist
ENV PATH=/venv/bin:$PATH PYTHONPATH=/anlan PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    ANLAN_ENV=production ANLAN_HOST=0.0.0.0 PORT=8000
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/api/health', timeout=2)"]
CMD ["anlan", "serve"]
