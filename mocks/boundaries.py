"""Rough shapes of Fuzhou's districts and counties, for the seeded city; no survey, and no use beyond trying things out.

Each division is drawn around some of its towns: a point belongs to the division whose town is nearest (a Voronoi
diagram), within a rough outline of the city. A city imports its own boundaries: `rong import boundaries FILE`.
"""

from __future__ import annotations

import json
from functools import cache

import shapely
from shapely.geometry import MultiPoint, Polygon, mapping

# Longitude, latitude.
_OUTLINE = (
    *((118.39, 25.93), (118.50, 25.72), (118.62, 25.60), (118.85, 25.60), (119.00, 25.68), (119.10, 25.62)),
    *((119.20, 25.55), (119.22, 25.40), (119.40, 25.28), (119.60, 25.38), (119.72, 25.28), (119.95, 25.40)),
    *((119.90, 25.68), (119.70, 25.75), (119.80, 25.95), (119.80, 26.15), (120.05, 26.25), (119.98, 26.42)),
    *((119.85, 26.55), (119.60, 26.63), (119.40, 26.60), (119.30, 26.50), (119.15, 26.52), (118.95, 26.45)),
    *((118.80, 26.40), (118.60, 26.35), (118.55, 26.20), (118.45, 26.08)),
)
_TOWNS: dict[str, tuple[tuple[float, float], ...]] = {
    "350102000000": ((119.300, 26.082), (119.285, 26.100), (119.285, 26.078)),  # Gulou
    "350103000000": ((119.308, 26.053), (119.325, 26.058)),  # Taijiang
    "350104000000": ((119.320, 26.025), (119.255, 26.050), (119.345, 25.985), (119.350, 26.030)),  # Cangshan
    "350105000000": ((119.455, 25.990), (119.500, 26.070), (119.600, 26.110)),  # Mawei
    "350111000000": ((119.330, 26.085), (119.345, 26.115), (119.310, 26.200), (119.360, 26.180)),  # Jin'an
    "350112000000": ((119.520, 25.960), (119.640, 25.900), (119.580, 25.820), (119.680, 26.030)),  # Changle
    "350121000000": ((119.140, 26.150), (119.200, 26.055), (119.270, 25.940), (119.080, 26.220), (119.080, 26.350)),
    "350122000000": ((119.540, 26.200), (119.650, 26.290), (119.880, 26.320), (119.450, 26.230)),  # Lianjiang
    "350123000000": ((119.550, 26.490), (119.420, 26.520), (119.740, 26.440)),  # Luoyuan
    "350124000000": ((118.860, 26.220), (118.790, 26.090), (118.730, 26.300)),  # Minqing
    "350125000000": ((118.930, 25.870), (118.700, 25.690), (118.650, 25.930), (119.050, 25.760)),  # Yongtai
    "350128000000": ((119.790, 25.500), (119.750, 25.600), (119.740, 25.400)),  # Pingtan
    "350181000000": ((119.380, 25.720), (119.530, 25.560), (119.280, 25.780), (119.310, 25.480), (119.600, 25.660)),
}


@cache
def boundaries() -> bytes:
    """A GeoJSON FeatureCollection, each feature with its division's `code`."""
    towns = {town: code for code, places in _TOWNS.items() for town in places}
    cells = shapely.voronoi_polygons(MultiPoint(list(towns)), extend_to=Polygon(_OUTLINE))
    features = []
    for code, places in _TOWNS.items():
        own = [cell for cell in cells.geoms if any(cell.contains(shapely.Point(town)) for town in places)]
        shape = shapely.union_all(own).intersection(Polygon(_OUTLINE))
        rounded = shapely.set_precision(shape, 1e-5)
        features.append({"type": "Feature", "properties": {"code": code}, "geometry": mapping(rounded)})
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()
