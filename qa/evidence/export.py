"""Makes the shipped weights from a run's checkpoint; its learning curve goes with them.

python -m qa.evidence.export --run FOLDER --out data/evidence [--average]

With --average they are the mean of the run's and of those that lie in --out, which the run began
from: such a mean reads better than either of the two (Wortsman et al. 2022, arXiv:2109.01903).
Tensors that those lack are the run's.
"""

import argparse
import hashlib
import json
from pathlib import Path

import torch
from safetensors.numpy import save

from index.errors import ModelError
from index.paths import replace_file
from qa.evidence.figures import CURVE
from qa.evidence.network import Network, tensors_of
from qa.evidence.train import CHECKPOINT
from qa.evidence.weights import MANIFEST, WEIGHTS, pack, read_packed, shipped, unpack


def export(run: Path, out: Path, average: bool = False) -> None:
    """Write weights and manifest; what the manifest says of the judge is kept.

    Raises:
        ModelError: with ``average``, there are no whole weights in ``out``.
    """
    state = torch.load(run / CHECKPOINT, weights_only=True)
    trained = {name: value.numpy() for name, value in state["average"].items()}
    base = tensors_of(Network())
    if average:
        before = shipped(out)
        if before is None:
            raise ModelError(f"there are no weights in {out} to average with")
        own = unpack(read_packed(before), base)
        trained = {n: (v + own.get(n, v).reshape(v.shape)) / 2 for n, v in trained.items()}
    data = save(pack(trained, base))
    path = out / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    manifest |= {
        "sha256": hashlib.sha256(data).hexdigest(),
        "steps": state["step"],
        "pairs": state["pairs"],
        "hours": round(state["seconds"] / 3600, 2),
    }
    manifest.setdefault("default", False)
    manifest.setdefault("judge", {})
    replace_file(out / WEIGHTS, data)
    if (run / CURVE).exists():
        replace_file(out / CURVE, (run / CURVE).read_bytes())
    replace_file(path, (json.dumps(manifest, indent=1) + "\n").encode())


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--average", action="store_true", help="with the weights in --out")
    options = parser.parse_args()
    export(options.run, options.out, options.average)


if __name__ == "__main__":
    main()
