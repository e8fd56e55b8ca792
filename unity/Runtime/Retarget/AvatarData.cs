// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;

namespace Hemline
{
    /// <summary>
    /// One avatar, of a file avatar_data_*.json: which bones it has and what they are. A role is Unity's
    /// name of a humanoid bone (LeftUpperArm).
    /// </summary>
    public sealed class AvatarData
    {
        readonly JsonValue json;

        AvatarData(JsonValue root)
        {
            json = root;
            File = root.File;
            Name = root.OptionalText("name") ?? "";
            MeshName = root.OptionalText("meshName") ?? "";
            ReadHierarchy(root.Require("boneHierarchy"));
            BoneOfRole = ReadRoles(root.Require("humanoidBones"));
            if (!BoneOfRole.ContainsKey("Hips"))
            {
                throw root.Require("humanoidBones").Error("holds no Hips, expected that bone at least");
            }

            RoleOfBone = BoneOfRole.ToDictionary(entry => entry.Value, entry => entry.Key);
            RoleOfAuxiliary = ReadAuxiliary(root, "auxiliaryBones");
            JsonValue subs = root.Get("subHumanoidBones");
            SubBoneOfRole = subs == null ? new Dictionary<string, string>() : ReadRoles(subs);
            ForTransfer = new TransferRoles(this, ReadAuxiliary(root, "subAuxiliaryBones"));
            Sway = new SwayBones(root, this);

            foreach (JsonValue entry in root.Array("blendshapes"))
            {
                JsonValue value = entry.Get("value");
                BlendShapes[entry.Require("name").Text()] = value == null ? 0 : value.Number() / 100;
            }
        }

        /// <summary>The file's path.</summary>
        public string File { get; }

        /// <summary>The avatar's name, or an empty text.</summary>
        public string Name { get; }

        /// <summary>Name of the body's mesh, or an empty text.</summary>
        public string MeshName { get; }

        /// <summary>Bone by role.</summary>
        public Dictionary<string, string> BoneOfRole { get; }

        /// <summary>Role by bone.</summary>
        public Dictionary<string, string> RoleOfBone { get; }

        /// <summary>The role that an auxiliary bone (twist, helper) belongs to.</summary>
        public Dictionary<string, string> RoleOfAuxiliary { get; }

        /// <summary>Bones that take weights in place of the humanoid bone of a role.</summary>
        internal Dictionary<string, string> SubBoneOfRole { get; }

        /// <summary>The roles as the transfer of weights knows them.</summary>
        internal TransferRoles ForTransfer { get; }

        /// <summary>Bones whose weight fades with the distance from the body.</summary>
        internal SwayBones Sway { get; }

        /// <summary>Bones of the hierarchy, parents first.</summary>
        public List<string> Bones { get; } = new List<string>();

        /// <summary>The parent of each bone of the hierarchy, null for its roots.</summary>
        public Dictionary<string, string> Parents { get; } = new Dictionary<string, string>();

        /// <summary>Blend shapes of the body that are on, 0 to 1.</summary>
        public Dictionary<string, double> BlendShapes { get; } = new Dictionary<string, double>();

        /// <summary>Reads and checks a file.</summary>
        /// <exception cref="RetargetException">What is wrong, with file and field.</exception>
        public static AvatarData Load(string path)
        {
            return new AvatarData(JsonValue.Read(path));
        }

        /// <summary>From rest to the pose "basePose" or "basePoseA", by role; empty where the file names none.</summary>
        internal Dictionary<string, double[]> Pose(string key)
        {
            return json.OptionalText(key) == null
                ? new Dictionary<string, double[]>()
                : PoseFile.Load(json.FilePath(key));
        }

        /// <summary>Fields of the avatar's own blend shapes; <paramref name="load"/> reads one of their files.</summary>
        /// <param name="folder">Where their files are looked for before the avatar's own folder.</param>
        /// <param name="load">From a path to its field.</param>
        internal IEnumerable<ShapeField> ShapeFields(string folder, Func<string, DeformationField> load)
        {
            return json.Array("blendShapeFields").Select(entry => new ShapeField
            {
                Label = entry.Require("label").Text(),
                Field = load(entry.FilePath("filePath", folder, json.Folder)),
                MaskBones = entry.Texts("maskBones"),
            });
        }

        void ReadHierarchy(JsonValue root)
        {
            // Without recursion, so that no depth is too deep.
            var waiting = new Stack<KeyValuePair<JsonValue, string>>();
            waiting.Push(new KeyValuePair<JsonValue, string>(root, null));
            while (waiting.Count > 0)
            {
                var next = waiting.Pop();
                JsonValue name = next.Key.Require("name");
                string bone = name.Text();
                if (Parents.ContainsKey(bone))
                {
                    throw name.Error("is " + bone + ", which the hierarchy holds already");
                }

                Parents[bone] = next.Value;
                Bones.Add(bone);
                JsonValue[] children = next.Key.Array("children");
                for (int child = children.Length - 1; child >= 0; child--)
                {
                    waiting.Push(new KeyValuePair<JsonValue, string>(children[child], bone));
                }
            }
        }

        /// <summary>Bone by role; each role and each bone once, the bones in the hierarchy.</summary>
        Dictionary<string, string> ReadRoles(JsonValue entries)
        {
            var bones = new Dictionary<string, string>();
            var owners = new Dictionary<string, string>();
            foreach (JsonValue entry in entries.Elements())
            {
                JsonValue name = entry.Require("boneName");
                string role = entry.Require("humanoidBoneName").Text(), bone = name.Text();
                if (bones.ContainsKey(role))
                {
                    throw entry.Error("names " + role + " a second time");
                }

                if (owners.ContainsKey(bone))
                {
                    throw name.Error("is " + bone + ", which is " + owners[bone] + " already");
                }

                if (!Parents.ContainsKey(bone))
                {
                    throw name.Error("is " + bone + " (" + role + "), which `boneHierarchy` does not hold");
                }

                bones[role] = bone;
                owners[bone] = role;
            }

            return bones;
        }

        static Dictionary<string, string> ReadAuxiliary(JsonValue root, string key)
        {
            var roles = new Dictionary<string, string>();
            foreach (JsonValue entry in root.Array(key))
            {
                foreach (string bone in entry.Texts("auxiliaryBones"))
                {
                    roles[bone] = entry.Require("humanoidBoneName").Text();
                }
            }

            return roles;
        }
    }
}
