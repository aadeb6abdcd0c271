"""Makes the shipped weights from a run's checkpoint; its learning curve goes with them.

python -m qa.evidence.export --run FOLDER --out data/evidence [--average SHARE]

With --average they are the mean of the run's, which weigh SHARE, and of those that lie in --out,
which the run began from: such a mean reads better than either (Wortsman et al. 2022,
arXiv:2109.01903).
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


def export(run: Path, out: Path, share: float = 1.0) -> None:
    """Write weights and manifest; what the manifest says of the judge is kept.

    Raises:
        ModelError: ``share`` is below 1, and there are no whole weights in ``out``.
    """
    state = torch.load(run / CHECKPOINT, weights_only=True)
    trained = {name: value.numpy() for name, value in state["average"].items()}
    base = tensors_of(Network())
    if share < 1:
        before = shipped(out)
        if before is None:
            raise ModelError(f"there are no weights in {out} to average with")
        own = unpack(read_packed(before), base)
        trained = {
            n: share * v + (1 - share) * own.get(n, v).reshape(v.shape) for n, v in trained.items()
        }
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
    parser.add_argument("--average", type=float, default=1.0, help="the run's share of the mean")
    options = parser.parse_args()
    export(options.run, options.out, options.average)


if __name__ == "__main__":
    main()
