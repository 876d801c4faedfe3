"""Losses on logits and targets, both (batch, 1, height, width)."""

import torch
import torch.nn.functional as F
from torch import Tensor


def normalized_focal_loss(logits: Tensor, targets: Tensor, *, alpha: float = 0.5, gamma: float = 2.0) -> Tensor:
    """Focal loss whose weights have mean one in every sample (SimpleClick, training; Sofiiuk et al. 2019).

    The normalisation keeps gradients from fading as a sample gets better; it is not differentiated.
    """
    log_likelihood = -F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    focus = (1 - log_likelihood.exp()).clamp(0, 1) ** gamma
    normal = focus.detach().mean(dim=(1, 2, 3), keepdim=True).clamp_min(1e-6)
    return (-alpha * focus / normal * log_likelihood).mean()


def soft_iou_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """One minus the intersection over union of probabilities and targets, mean over samples."""
    probabilities = torch.sigmoid(logits)
    both = (probabilities * targets).sum(dim=(1, 2, 3))
    either = (probabilities + targets - probabilities * targets).sum(dim=(1, 2, 3))
    return (1 - (both + 1) / (either + 1)).mean()


def overlap_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Binary cross-entropy plus soft IoU: leaves the plateau at p = 0.5, where the focal loss alone stays long."""
    return F.binary_cross_entropy_with_logits(logits, targets) + soft_iou_loss(logits, targets)


def sharp_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Normalised focal loss plus soft IoU: keeps on learning slivers along borders when nearly all pixels are right."""
    return normalized_focal_loss(logits, targets) + soft_iou_loss(logits, targets)


LOSSES = {"overlap": overlap_loss, "sharp": sharp_loss, "focal": normalized_focal_loss}
