"""What programs may not use, and what to do instead: (pattern of the name, what to say)."""

from __future__ import annotations

NOT_OFFERED: tuple[tuple[str, str], ...] = (
    (
        "open|torch.load|torch.save|torch.from_file|io|pathlib|pickle|csv|shutil|glob",
        "Programs here read and write no files: put the numbers into the text.",
    ),
    ("input", "Nobody can answer while it runs: give the value a name, and change it in the text."),
    (
        "os|sys|subprocess|socket|requests|urllib|ctypes|threading|multiprocessing|signal|importlib",
        "Programs here reach nothing outside of themselves: only Python's arithmetic and PyTorch.",
    ),
    (
        "exec|eval|compile|globals|locals|vars|dir|__import__|breakpoint|help",
        "Write the code itself where it is to run.",
    ),
    (
        r"(matplotlib|seaborn|plotly|torchviz|graphviz|networkx|IPython|torchsummary|torchinfo|wandb|tensorboard)(\..*)?"
        r"|torch\.utils\.tensorboard(\..*)?",
        "vizgrad draws the graph and the gradients itself: leave the line out, and what is drawn with it.",
    ),
    (
        r"(torchvision|torchtext|torchaudio|sklearn|pandas|datasets|transformers|cv2|PIL|scipy)(\..*)?",
        "Only PyTorch itself and NumPy are here, and no files of data: make a few examples with `torch.randn(8, 2)` or "
        "`torch.tensor([...])`.",
    ),
    (r"tqdm(\..*)?", "Loop without it: `for epoch in range(10):`."),
    (r"d2l(\..*)?", "The book's own library is not here: write out the functions of it that you use."),
    (r"micrograd(\..*)?", "Put its class `Value` into the program: it is short."),
    ("abc", "Do without it: a method that raises NotImplementedError says the same."),
    ("enum", "Write a class with plain attributes: `class Color: RED = 1`."),
    ("warnings|logging|gc|argparse|inspect|pprint", "Nothing depends on it here: leave it out, or use print."),
    (
        r"torch\.distributions(\..*)?",
        "Draw with torch.normal, torch.multinomial or torch.bernoulli; write log_prob out.",
    ),
    (r"torch\.(compile|jit)(\..*)?", "Leave it out: here each operation runs, and is shown, as it is written."),
    (r"torch\.autograd\.(set_)?detect_anomaly", "Leave it out: an error is shown at its line and at its box anyway."),
    ("torch.optim.LBFGS", "It computes each loss many times: use torch.optim.SGD or Adam."),
    (r"torch\.nn\.utils\.rnn(\..*)?", "Fill up with zeros yourself: F.pad(x, (0, n)), and torch.stack."),
    ("torch.seed", "Choose a seed, so that a run can be repeated: `torch.manual_seed(0)`."),
    (r".*\._modules", "Use `self.add_module(name, layer)`, and `self.children()` to go through the layers."),
    ("numpy.*|np", "Only NumPy's arithmetic on arrays is here; PyTorch has functions of the same names."),
    (
        r"(torch\.(cuda|backends|mps|xpu|accelerator|amp)|Tensor\.cuda|\w+\.cuda)(\..*)?",
        "vizgrad computes on the CPU, in full precision: leave it out.",
    ),
    (r"torch\.func\..*", "torch.autograd.functional has jacobian, hessian, vjp and jvp."),
    ("torch.set_.*|torch.use_.*", "Each program begins with PyTorch's own settings."),
    (
        ".*ctc_loss|nn.CTCLoss|torch.nn.CTCLoss|.*[mM]ax_?[uU]npool.*",
        "This function does not check its arguments and could end the process.",
    ),
    ("an array of objects", "An array holds numbers: check that all rows are equally long."),
    ("async|await", "Write an ordinary function."),
    ("a pattern of `\\w+` with both a value and names", "Use isinstance and if."),
    ("import \\*", "Name what you need: `from torch import tensor, ones`."),
    (".*__\\w+__.*|.*\\._\\w+", "Names with underscores around them belong to Python or PyTorch itself."),
)
"""(what was asked for, what to do instead)."""
