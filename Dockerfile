# The app for a public address; compose.yaml says how it is run. Both are explained in the README.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore \
    HOME=/home/vizgrad \
    # Whose X-Forwarded-For is believed is said by VIZGRAD_PROXIES alone, and not by the web server's own default.
    FORWARDED_ALLOW_IPS=

RUN useradd --uid 10001 --user-group --create-home --home-dir /home/vizgrad --shell /usr/sbin/nologin vizgrad
WORKDIR /app

# PyTorch's small build for the processor comes first, so that pip's default does not bring gigabytes of CUDA.
COPY requirements.txt ./
RUN pip install "$(grep '^torch==' requirements.txt)" --index-url https://download.pytorch.org/whl/cpu \
    && pip install -r requirements.txt

COPY . ./
RUN python -m compileall -q vizgrad app.py

# One program as the user who will run them, picture included: what the first picture keeps in ~/.cache is kept in the
# image, since the container cannot write it. On another kind of processor it is made anew at each start, in a second.
USER 10001:10001
RUN python -c "import vizgrad; vizgrad.run('import torch\nx = torch.ones(2, requires_grad=True)\nx.sum().backward()').svg()"

EXPOSE 8501
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.port=8501", "--server.headless=true"]
