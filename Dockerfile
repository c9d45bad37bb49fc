# sonolens without CUDA: `docker build --build-arg INDEX=... --tag sonolens .`, then `docker run --rm --volume "$PWD/data:/home/sonolens/data" sonolens`.
FROM python:3.11-slim

# The index of PyTorch's CPU wheels, as PyTorch's own page for pip names it.
ARG INDEX

RUN useradd --create-home --uid 1000 sonolens
# GitPython, which Kedro brings, would refuse to be imported without git.
ENV DO_NOT_TRACK=1 MPLBACKEND=Agg PYTHONUNBUFFERED=1 GIT_PYTHON_REFRESH=quiet PATH=/home/sonolens/.venv/bin:$PATH
WORKDIR /home/sonolens

# What is pinned changes seldom: installed before the code, it stays a layer.
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY supply/locks supply/locks
COPY src/sonolens/version.py src/sonolens/version.py
RUN touch src/sonolens/__init__.py \
    && python -m venv .venv \
    && .venv/bin/python -m pip install --no-cache-dir --no-deps -i "${INDEX:?name the index of CPU wheels}" \
        --constraint constraints.txt torch torchvision \
    && .venv/bin/python -m pip install --no-cache-dir --require-hashes -r supply/locks/build.txt \
    && .venv/bin/python -m pip install --no-cache-dir --require-hashes --no-deps --no-build-isolation --use-pep517 \
        -r supply/locks/runtime.txt \
    && .venv/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation --editable .

COPY --chown=sonolens:sonolens src src
COPY --chown=sonolens:sonolens conf conf
RUN mkdir -p data conf/local && chown sonolens:sonolens . data conf/local

USER sonolens
VOLUME ["/home/sonolens/data"]
ENTRYPOINT ["kedro", "run"]
