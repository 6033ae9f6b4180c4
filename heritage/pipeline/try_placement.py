"""Try a placement: what a registration would give, from what the last build left. Nothing is changed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

from heritage.model.documents import Monument, PlacementOrder, Prior, Registration
from heritage.model.errors import InputError
from heritage.model.frames import WGS84_3D
from heritage.model.limits import YAML_BYTES
from heritage.model.placement_plan import PlacementPlan, PlacementTrial
from heritage.ops.placement.pose import placed_at
from heritage.ops.placement.register_at import plan_middle
from heritage.pipeline.ground import Ground, read_ground
from heritage.pipeline.placement.by_footprint import walls
from heritage.pipeline.placement.facts import placement_facts
from heritage.pipeline.stage import Job
from heritage.pipeline.stages.register import PLAN, REGISTER, PlacementOptions, placement_of
from heritage.pipeline.tasks import options_of, register_needs
from heritage.store import Store
from heritage.text.site import LoadedSite, load_site
from heritage.text.yaml import decoded, parse_yaml, read_yaml

_NEAR_M: Final = 2.0  # 1 sigma: how well a person drags a plan on a map
_NEAR_DEG: Final = 5.0


def read_order(site: Path, monument: str, path: Path | None, given: BinaryIO) -> PlacementOrder:
    """The order in the file ``path``, from ``given`` where that is ``-``; without one the monument's own registration.
    Raises InputError as reading YAML does."""
    if path is None:
        document = read_yaml(
            site / "monuments" / monument / "monument.yaml", Monument, f"monuments/{monument}"
        )
        return PlacementOrder(registration=document.document.registration)
    if str(path) == "-":
        return parse_yaml(decoded(given.read(YAML_BYTES + 1), "-", YAML_BYTES), PlacementOrder, "-").document
    return read_yaml(path, PlacementOrder, path.name).document


def try_placement(site: Path, monument: str, order: PlacementOrder) -> PlacementTrial:
    """Place ``monument`` of ``site`` by the order's registration instead of its own.

    With ``refine`` the walls are laid on the footprint anew, beginning from the pose: within 6 m and 15 degrees (3
    sigma) of it, never farther. Raises InputError for an unknown monument or footprint, a pose that is missing, and
    where the monument has not been built; MethodError as the registration does.
    """
    loaded = load_site(site)
    if monument not in loaded.monuments:
        raise InputError(
            "MONUMENT", f"{monument!r} is no monument of this site", f"{', '.join(loaded.monuments)} are allowed",
            code="option-invalid",
        )  # fmt: skip
    trial = _with(loaded, monument, order.registration, order.footprint)
    ground = read_ground(trial)
    with TemporaryDirectory() as folder:
        job = _job(Path(folder), trial, ground, monument)
        if order.refine:
            near = _near(job, order.registration, ground)
            trial = _with(loaded, monument, near, order.footprint)
            ground = replace(ground, priors={**ground.priors, monument: (near.prior, ())})
            job = _job(Path(folder), trial, ground, monument)
        outcome = REGISTER.run(job)
        return PlacementTrial(
            placement=placement_of(job.folder),
            plan=PlacementPlan.model_validate_json((job.folder / PLAN).read_bytes(), strict=False),
            warnings=outcome.warnings,
        )


def _with(loaded: LoadedSite, id: str, registration: Registration, footprint: str | None) -> LoadedSite:
    """The site with another registration of one monument."""
    monument = loaded.monuments[id]
    change: dict[str, object] = {"registration": registration}
    if footprint is not None:
        change["footprint"] = footprint
    document = monument.monument.model_copy(update=change)
    return replace(loaded, monuments={**loaded.monuments, id: replace(monument, monument=document)})


def _job(folder: Path, loaded: LoadedSite, ground: Ground, id: str) -> Job:
    """The stage's work on what the newest release was made from, for that is what people look at."""
    monument = loaded.monuments[id]
    needs = register_needs(monument)
    return Job(
        folder,
        id,
        "",
        options_of(REGISTER, monument, {}),
        {role: _built(loaded.root, key) for role, key in needs.items()},
        {},
        placement_facts(loaded, monument, ground),
        threads=os.cpu_count() or 1,
    )


def _built(root: Path, key: str) -> Path:
    store = Store(root)
    stage, monument, subject = key.split(":", 2)
    for release in store.releases()[-1:]:
        for entry in store.manifest(release).provenance:
            if (entry["stage"], entry.get("monument"), entry.get("subject")) == (stage, monument, subject):
                fingerprint = str(entry["fingerprint"])
                if store.has_stage(stage, fingerprint):
                    return store.stage_path(stage, fingerprint)
    raise InputError(
        f"monuments/{monument}", f"no {stage} of it is kept from the newest release", "a monument that has been built",
        "build the site, then try again", code="place-not-built",
    )  # fmt: skip


def _near(job: Job, registration: Registration, ground: Ground) -> Registration:
    """What is known beforehand, where a person's pose is a first guess."""
    pose = registration.pose
    if pose is None:
        raise InputError(
            "registration.pose", "no pose to begin from", "a pose is needed to refine one", "add pose: {…}",
            code="register-no-pose",
        )  # fmt: skip
    placed = placed_at(pose, ground.frame, ground.crs)
    middle = plan_middle(walls(job), pose.scale, job.chosen(PlacementOptions).footprint)
    lon, lat, _ = ground.frame.crs_from_site(WGS84_3D, placed.apply(middle[None]))[0]
    prior = Prior(
        lon=float(lon),
        lat=float(lat),
        position_sigma_m=_NEAR_M,
        heading_deg=pose.heading_deg,
        heading_sigma_deg=_NEAR_DEG,
        scale=pose.scale,
        ground_m=registration.prior.ground_m if registration.prior is not None else None,
    )
    return Registration(method="footprint", prior=prior, scale=registration.scale)
