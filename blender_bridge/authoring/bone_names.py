# SPDX-License-Identifier: GPL-3.0-or-later
"""What bones are called in the rigs that avatars come with.

A name is compared by its *stem*: without its side (`blender_bridge.sides`), without what its rig
puts before all names (`mixamorig:`, `J_Bip_C_`, `DEF-`), in lower case, letters and digits only:
`mixamorig:LeftHandThumb1` has the stem `handthumb1`, `DEF-upper_arm.L` has `upperarm`. One stem
means different bones in different rigs (`spine1` is Mixamo's Chest), so that tables are tried as
wholes, and the one that finds most bones counts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .roles import FINGERS, JOINTS

_BEFORE_NAMES = re.compile(
    r"^(?:mixamorig\d*|J_(?:Bip|Adj|Sec)(?:_C)?|Bip\d+|DEF|CC_Base|Character\d*)[\W_]+",
    re.IGNORECASE,
)
# Controls and mechanisms of rigs, and the ends that FBX files give to chains.
_NO_BODY_PART = re.compile(
    r"^(?:ORG|MCH|VIS|WGT|CTRL)[-_]|(?:_end|Nub)(?:[._][lr])?$", re.IGNORECASE
)
_HELPER = re.compile(r"twist|roll(?!over)|helper|correct|muscle|bend|捩|捻|補助", re.IGNORECASE)


@dataclass(frozen=True)
class Convention:
    """The stems of one kind of rig; where a role has several, the first that is there counts.

    centre: stem to role; sided: stem to role without its side.
    """

    name: str
    centre: dict[str, str]
    sided: dict[str, str]


def stem(name: str) -> str:
    """What is compared of a name whose side is gone already."""
    name = unicodedata.normalize("NFKC", name).rpartition(":")[2]
    name = _BEFORE_NAMES.sub("", name)
    return re.sub(r"[\W_]+", "", name).lower()


def is_body_part(name: str) -> bool:
    """Whether a bone of this name can be a humanoid bone at all."""
    return not _NO_BODY_PART.search(name)


def is_helper(name: str) -> bool:
    """Whether the name says that the bone helps another (twist, corrective)."""
    return bool(_HELPER.search(name))


def deforms_by_name(name: str) -> bool:
    """Whether the name says that the bone, of several alike, is the one with the weights."""
    return name.upper().startswith("DEF-")


def _fingers(pattern: str, names: tuple[str, ...], joints: tuple[str, ...]) -> dict[str, str]:
    """Stems of all fingers; names: thumb to little finger; joints: proximal to distal."""
    return {
        pattern.format(finger=name, joint=number): finger + joint
        for finger, name in zip(FINGERS, names)
        for joint, number in zip(JOINTS, joints)
    }


def _same(*stems: str, role: str) -> dict[str, str]:
    return dict.fromkeys(stems, role)


_ENGLISH = ("thumb", "index", "middle", "ring", "little")
_PINKY = ("thumb", "index", "middle", "ring", "pinky")
_FACE = {"eye": "Eye", "faceeye": "Eye"}
_BREAST = _same("breast", "bust", "bust1", "breast1", "boob", role="Breast")

_UNITY = Convention(
    "Unity",
    {
        **_same("hips", "hip", "pelvis", role="Hips"),
        "spine": "Spine",
        "chest": "Chest",
        **_same("upperchest", "chest2", role="UpperChest"),
        "neck": "Neck",
        "head": "Head",
        "jaw": "Jaw",
    },
    {
        "shoulder": "Shoulder",
        **_same("upperarm", "arm", role="UpperArm"),
        **_same("lowerarm", "elbow", "forearm", role="LowerArm"),
        **_same("hand", "wrist", role="Hand"),
        **_same("upperleg", "leg", role="UpperLeg"),
        **_same("lowerleg", "knee", role="LowerLeg"),
        **_same("foot", "ankle", role="Foot"),
        **_same("toes", "toe", "toebase", role="Toes"),
        **_FACE,
        **_BREAST,
        **_fingers("{finger}{joint}", _ENGLISH, ("proximal", "intermediate", "distal")),
        **_fingers("{finger}{joint}", _PINKY, ("proximal", "intermediate", "distal")),
        **_fingers("{finger}finger{joint}", _ENGLISH, ("1", "2", "3")),
        "thumb0": "ThumbProximal",
        "thumb1": "ThumbIntermediate",
        "thumb2": "ThumbDistal",
    },
)
_VRM = Convention(
    "VRM",
    {
        "hips": "Hips",
        "spine": "Spine",
        "chest": "Chest",
        "upperchest": "UpperChest",
        "neck": "Neck",
        "head": "Head",
        "jaw": "Jaw",
    },
    {
        "shoulder": "Shoulder",
        "upperarm": "UpperArm",
        "lowerarm": "LowerArm",
        "hand": "Hand",
        "upperleg": "UpperLeg",
        "lowerleg": "LowerLeg",
        "foot": "Foot",
        **_same("toebase", "toes", role="Toes"),
        **_FACE,
        **_BREAST,
        **_fingers("{finger}{joint}", _ENGLISH, ("1", "2", "3")),
        **_fingers("{finger}{joint}", _ENGLISH, ("proximal", "intermediate", "distal")),
        # VRM 1.0 begins the thumb with its metacarpal, which is Unity's proximal bone.
        "thumbmetacarpal": "ThumbProximal",
        "thumbproximal": "ThumbIntermediate",
    },
)
_MIXAMO = Convention(
    "Mixamo",
    {
        "hips": "Hips",
        "spine": "Spine",
        "spine1": "Chest",
        "spine2": "UpperChest",
        "neck": "Neck",
        "head": "Head",
        "jaw": "Jaw",
    },
    {
        "shoulder": "Shoulder",
        "arm": "UpperArm",
        "forearm": "LowerArm",
        "hand": "Hand",
        "upleg": "UpperLeg",
        "leg": "LowerLeg",
        "foot": "Foot",
        "toebase": "Toes",
        **_FACE,
        **_BREAST,
        **_fingers("hand{finger}{joint}", _PINKY, ("1", "2", "3")),
    },
)
# The lower body holds the pelvis' weights and the legs; 腰 and センター only move everything.
_MMD = Convention(
    "MMD",
    {
        **_same("下半身", "腰", "センター", role="Hips"),
        "上半身": "Spine",
        "上半身2": "Chest",
        "上半身3": "UpperChest",
        "首": "Neck",
        "頭": "Head",
        **_same("あご", "顎", role="Jaw"),
    },
    {
        "肩": "Shoulder",
        **_same("腕", "うで", role="UpperArm"),
        **_same("ひじ", "肘", role="LowerArm"),
        **_same("手首", "手", role="Hand"),
        **_same("足", "脚", role="UpperLeg"),
        **_same("ひざ", "膝", role="LowerLeg"),
        "足首": "Foot",
        **_same("足先ex", "つま先", "爪先", role="Toes"),
        "目": "Eye",
        **_same("胸", "乳", "おっぱい", role="Breast"),
        **_fingers("{finger}{joint}", ("親指", "人指", "中指", "薬指", "小指"), ("1", "2", "3")),
        **_fingers("{finger}{joint}", ("親指", "人差指", "中指", "薬指", "小指"), ("1", "2", "3")),
        "親指0": "ThumbProximal",
        "親指1": "ThumbIntermediate",
        "親指2": "ThumbDistal",
    },
)
_RIGIFY = Convention(
    "Rigify",
    {
        "spine": "Hips",
        "spine001": "Spine",
        "spine002": "Chest",
        "spine003": "UpperChest",
        "spine004": "Neck",
        "spine006": "Head",
        **_same("jaw", "jawmaster", role="Jaw"),
    },
    {
        "shoulder": "Shoulder",
        "upperarm": "UpperArm",
        "forearm": "LowerArm",
        "hand": "Hand",
        "thigh": "UpperLeg",
        "shin": "LowerLeg",
        "foot": "Foot",
        "toe": "Toes",
        **_FACE,
        **_BREAST,
        **_fingers(
            "{finger}{joint}", ("thumb", "findex", "fmiddle", "fring", "fpinky"), ("01", "02", "03")
        ),
    },
)
# The default rig counts its spine from the top.
_MAKEHUMAN = Convention(
    "MakeHuman",
    {
        "root": "Hips",
        "spine05": "Spine",
        "spine03": "Chest",
        "spine01": "UpperChest",
        "neck01": "Neck",
        "head": "Head",
        "jaw": "Jaw",
    },
    {
        "clavicle": "Shoulder",
        "upperarm01": "UpperArm",
        "lowerarm01": "LowerArm",
        "wrist": "Hand",
        "upperleg01": "UpperLeg",
        "lowerleg01": "LowerLeg",
        "foot": "Foot",
        **_same("toe11", "toe21", role="Toes"),
        **_FACE,
        **_BREAST,
        **_fingers("finger{finger}{joint}", ("1", "2", "3", "4", "5"), ("1", "2", "3")),
    },
)


def _unreal(name: str, chest: str, upper_chest: str) -> Convention:
    return Convention(
        name,
        {
            "pelvis": "Hips",
            "spine01": "Spine",
            chest: "Chest",
            upper_chest: "UpperChest",
            "neck01": "Neck",
            "head": "Head",
            "jaw": "Jaw",
        },
        {
            "clavicle": "Shoulder",
            "upperarm": "UpperArm",
            "lowerarm": "LowerArm",
            "hand": "Hand",
            "thigh": "UpperLeg",
            "calf": "LowerLeg",
            "foot": "Foot",
            "ball": "Toes",
            **_FACE,
            **_BREAST,
            **_fingers("{finger}{joint}", _PINKY, ("01", "02", "03")),
        },
    )


_BIPED = Convention(
    "3ds Max Biped",
    {
        "pelvis": "Hips",
        "spine": "Spine",
        "spine1": "Chest",
        "spine2": "UpperChest",
        "neck": "Neck",
        "head": "Head",
    },
    {
        "clavicle": "Shoulder",
        "upperarm": "UpperArm",
        "forearm": "LowerArm",
        "hand": "Hand",
        "thigh": "UpperLeg",
        "calf": "LowerLeg",
        "foot": "Foot",
        "toe0": "Toes",
        **_BREAST,
        **_fingers("finger{finger}{joint}", ("0", "1", "2", "3", "4"), ("", "1", "2")),
    },
)

#: In the order that decides where two find as many bones.
CONVENTIONS = (
    _UNITY,
    _VRM,
    _MIXAMO,
    _MMD,
    _RIGIFY,
    _MAKEHUMAN,
    # Five bones of spine since Unreal 5, three before.
    _unreal("Unreal 5", "spine03", "spine05"),
    _unreal("Unreal", "spine02", "spine03"),
    _BIPED,
)
