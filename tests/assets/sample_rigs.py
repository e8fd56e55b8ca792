"""Bone names of rigs as their makers write them, on one humanoid skeleton of the sample set.

`RIGS` gives, for each kind of rig, the bone that each humanoid bone should turn out to be, and
bones beside these with their parents. Fingers are spelled out by a pattern of the rig's own.
"""

import json
from pathlib import Path

import numpy as np

from blender_bridge.pipeline.model import Skeleton

_POSE = Path(__file__).with_name("retarget") / "pose_basis_aria.json"
_SIDED = ("Shoulder", "UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot", "Toes")


def _rig(centre, left, right, sided, fingers, *, joints="123", thumb=None, pattern, extra=()):
    """centre: role to bone; sided: names of `_SIDED` with {s} for the side, separated by `;`.

    fingers: thumb first; joints: their numbers, `thumb` those of the thumb if others.
    """
    bones = dict(centre)
    for side, mark in (("Left", left), ("Right", right)):
        for part, name in zip(_SIDED, sided.split(";")):
            bones[side + part] = name.format(s=mark)
        for finger, name in zip(("Thumb", "Index", "Middle", "Ring", "Little"), fingers):
            numbers = thumb if thumb and finger == "Thumb" else joints
            for joint, number in zip(("Proximal", "Intermediate", "Distal"), numbers):
                bones[side + finger + joint] = pattern.format(s=mark, f=name, n=number)
    return bones, dict(extra)


def _trunk(text):
    roles = ("Hips", "Spine", "Chest", "UpperChest", "Neck", "Head")
    return {role: name for role, name in zip(roles, text.split()) if name != "-"}


RIGS = {
    "Unity": _rig(
        _trunk("Hips Spine Chest UpperChest Neck Head"),
        "Left",
        "Right",
        "{s}Shoulder;{s}UpperArm;{s}LowerArm;{s}Hand;{s}UpperLeg;{s}LowerLeg;{s}Foot;{s}Toes",
        ("Thumb", "Index", "Middle", "Ring", "Little"),
        joints=("Proximal", "Intermediate", "Distal"),
        pattern="{s}{f}{n}",
        extra={"Hair_Front": "Head", "Tail.001": "Hips"},
    ),
    "Unity, underscores": _rig(
        _trunk("Hips Spine Chest - Neck Head"),
        "L",
        "R",
        "Shoulder_{s};Upper_Arm_{s};Lower_Arm_{s};Hand_{s};Upper_Leg_{s};Lower_Leg_{s};"
        "Foot_{s};Toe_{s}",
        ("Thumb", "Index", "Middle", "Ring", "Little"),
        joints=("Proximal", "Intermediate", "Distal"),
        pattern="{f}_{n}_{s}",
    ),
    "Unity, spoken": _rig(
        _trunk("Hips Spine Chest - Neck Head"),
        "Left",
        "Right",
        "{s} shoulder;{s} arm;{s} elbow;{s} wrist;{s} leg;{s} knee;{s} ankle;{s} toe",
        (),
        pattern="",
    ),
    "VRM": _rig(
        _trunk(
            "J_Bip_C_Hips J_Bip_C_Spine J_Bip_C_Chest J_Bip_C_UpperChest J_Bip_C_Neck J_Bip_C_Head"
        ),
        "L",
        "R",
        "J_Bip_{s}_Shoulder;J_Bip_{s}_UpperArm;J_Bip_{s}_LowerArm;J_Bip_{s}_Hand;"
        "J_Bip_{s}_UpperLeg;J_Bip_{s}_LowerLeg;J_Bip_{s}_Foot;J_Bip_{s}_ToeBase",
        ("Thumb", "Index", "Middle", "Ring", "Little"),
        pattern="J_Bip_{s}_{f}{n}",
        extra={"J_Sec_Hair1_01": "J_Bip_C_Head", "J_Sec_L_SkirtSide1_01": "J_Bip_C_Hips"},
    ),
    "VRM 1.0": _rig(
        _trunk("hips spine chest upperChest neck head"),
        "left",
        "right",
        "{s}Shoulder;{s}UpperArm;{s}LowerArm;{s}Hand;{s}UpperLeg;{s}LowerLeg;{s}Foot;{s}Toes",
        ("Thumb", "Index", "Middle", "Ring", "Little"),
        joints=("Proximal", "Intermediate", "Distal"),
        pattern="{s}{f}{n}",
    ),
    "Mixamo": _rig(
        _trunk(
            "mixamorig:Hips mixamorig:Spine mixamorig:Spine1 mixamorig:Spine2 mixamorig:Neck "
            "mixamorig:Head"
        ),
        "Left",
        "Right",
        "mixamorig:{s}Shoulder;mixamorig:{s}Arm;mixamorig:{s}ForeArm;mixamorig:{s}Hand;"
        "mixamorig:{s}UpLeg;mixamorig:{s}Leg;mixamorig:{s}Foot;mixamorig:{s}ToeBase",
        ("Thumb", "Index", "Middle", "Ring", "Pinky"),
        pattern="mixamorig:{s}Hand{f}{n}",
        extra={
            "mixamorig:HeadTop_End": "mixamorig:Head",
            "mixamorig:LeftToe_End": "mixamorig:LeftToeBase",
        },
    ),
    "MMD": _rig(
        _trunk("下半身 上半身 上半身2 - 首 頭"),
        "左",
        "右",
        "{s}肩;{s}腕;{s}ひじ;{s}手首;{s}足;{s}ひざ;{s}足首;{s}足先EX",
        ("親指", "人指", "中指", "薬指", "小指"),
        joints="\uff11\uff12\uff13",  # full-width digits
        thumb="\uff10\uff11\uff12",
        pattern="{s}{f}{n}",
        extra={
            "左腕捩": "左腕",
            "左足D": "下半身",
            "左ひざD": "左足D",
            "左足ＩＫ": "下半身",
            "左つま先ＩＫ": "左足ＩＫ",
            "前髪1": "頭",
        },
    ),
    "MMD in Blender": _rig(
        _trunk("下半身 上半身 上半身2 - 首 頭"),
        "L",
        "R",
        "肩.{s};腕.{s};ひじ.{s};手首.{s};足.{s};ひざ.{s};足首.{s};つま先.{s}",
        (),
        pattern="",
        extra={"足D.L": "下半身", "腕捩.L": "腕.L"},
    ),
    "Rigify": _rig(
        _trunk("DEF-spine DEF-spine.001 DEF-spine.002 DEF-spine.003 DEF-spine.004 DEF-spine.006"),
        "L",
        "R",
        "DEF-shoulder.{s};DEF-upper_arm.{s};DEF-forearm.{s};DEF-hand.{s};DEF-thigh.{s};"
        "DEF-shin.{s};DEF-foot.{s};DEF-toe.{s}",
        ("thumb", "f_index", "f_middle", "f_ring", "f_pinky"),
        joints=("01", "02", "03"),
        pattern="DEF-{f}.{n}.{s}",
        extra={
            "ORG-spine": "DEF-spine",
            "MCH-hand_ik.L": "DEF-spine",
            "hand_ik.L": "DEF-spine",
            "head": "DEF-spine.004",
            "hand.L": "DEF-spine",
            "DEF-pelvis.L": "DEF-spine",
        },
    ),
    "MakeHuman": _rig(
        _trunk("root spine05 spine03 spine01 neck01 head"),
        "L",
        "R",
        "clavicle.{s};upperarm01.{s};lowerarm01.{s};wrist.{s};upperleg01.{s};"
        "lowerleg01.{s};foot.{s};toe1-1.{s}",
        "12345",
        pattern="finger{f}-{n}.{s}",
        extra={"toe2-1.L": "foot.L", "pelvis.L": "root", "breast.L": "spine01"},
    ),
    "Unreal": _rig(
        _trunk("pelvis spine_01 spine_02 spine_03 neck_01 head"),
        "l",
        "r",
        "clavicle_{s};upperarm_{s};lowerarm_{s};hand_{s};thigh_{s};calf_{s};foot_{s};ball_{s}",
        ("thumb", "index", "middle", "ring", "pinky"),
        joints=("01", "02", "03"),
        pattern="{f}_{n}_{s}",
        extra={"upperarm_twist_01_l": "upperarm_l", "ik_hand_l": "pelvis"},
    ),
    "Unreal 5": _rig(
        _trunk("pelvis spine_01 spine_03 spine_05 neck_01 head"),
        "l",
        "r",
        "clavicle_{s};upperarm_{s};lowerarm_{s};hand_{s};thigh_{s};calf_{s};foot_{s};ball_{s}",
        ("thumb", "index", "middle", "ring", "pinky"),
        joints=("01", "02", "03"),
        pattern="{f}_{n}_{s}",
        extra={"spine_02": "spine_01", "spine_04": "spine_03", "index_metacarpal_l": "hand_l"},
    ),
    "3ds Max Biped": _rig(
        {
            "Hips": "Bip001 Pelvis",
            "Spine": "Bip001 Spine",
            "Chest": "Bip001 Spine1",
            "Neck": "Bip001 Neck",
            "Head": "Bip001 Head",
        },
        "L",
        "R",
        "Bip001 {s} Clavicle;Bip001 {s} UpperArm;Bip001 {s} Forearm;Bip001 {s} Hand;"
        "Bip001 {s} Thigh;Bip001 {s} Calf;Bip001 {s} Foot;Bip001 {s} Toe0",
        "01234",
        joints=("", "1", "2"),
        pattern="Bip001 {s} Finger{f}{n}",
        extra={"Bip001 HeadNub": "Bip001 Head"},
    ),
}


def role_positions():
    """Heads of Aria's humanoid bones by role, of an upper chest too; parents first."""
    heads = {
        role: np.array(entry["head_world"]) for role, entry in json.loads(_POSE.read_text()).items()
    }
    heads["UpperChest"] = 0.5 * (heads["Chest"] + heads["Neck"])
    return heads


def skeleton_of(bones, extra=()):
    """A skeleton whose bones have the sample's positions; `extra` ones lie at their parents."""
    from blender_bridge.authoring.roles import ROLES, nearest_role

    heads = role_positions()
    roles = [role for role in ROLES if role in bones and role in heads]
    names = [bones[role] for role in roles]
    parents = [
        names.index(bones[above]) if (above := nearest_role(role, bones)) else -1 for role in roles
    ]
    points = [heads[role] for role in roles]
    for name, parent in dict(extra).items():
        parents.append(names.index(parent))
        points.append(points[parents[-1]] + [0.0, 0.01, 0.0])
        names.append(name)
    points = np.array(points)
    up = np.tile([0.0, 0.0, 0.02], (len(names), 1))
    axes = np.tile([0.0, 1.0, 0.0], (len(names), 1))
    return Skeleton(names, np.array(parents, np.int64), points, points + up, axes)
