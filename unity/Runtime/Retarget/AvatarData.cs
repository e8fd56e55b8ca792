// SPDX-License-Identifier: MIT OR Apache-2.0
using System.Collections.Generic;

namespace Hemline
{
    /// <summary>
    /// One avatar, of a file avatar_data_*.json: which bones it has and what they are. A role is Unity's
    /// name of a humanoid bone (LeftUpperArm).
    /// </summary>
    public sealed class AvatarData
    {
        AvatarData(JsonValue root)
        {
            File = root.File;
            Name = root.OptionalText("name") ?? "";
            MeshName = root.OptionalText("meshName") ?? "";
            ReadHierarchy(root.Require("boneHierarchy"));
            ReadRoles(root.Require("humanoidBones"));
            foreach (JsonValue entry in root.Array("auxiliaryBones"))
            {
                foreach (string bone in entry.Texts("auxiliaryBones"))
                {
                    RoleOfAuxiliary[bone] = entry.Require("humanoidBoneName").Text();
                }
            }

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
        public Dictionary<string, string> BoneOfRole { get; } = new Dictionary<string, string>();

        /// <summary>Role by bone.</summary>
        public Dictionary<string, string> RoleOfBone { get; } = new Dictionary<string, string>();

        /// <summary>The role that an auxiliary bone (twist, helper) belongs to.</summary>
        public Dictionary<string, string> RoleOfAuxiliary { get; } = new Dictionary<string, string>();

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

        /// <summary>The role, or that of the nearest ancestor in this avatar that <paramref name="other"/> has too.</summary>
        internal string NearestRole(string role, AvatarData other)
        {
            string bone;
            BoneOfRole.TryGetValue(role, out bone);
            while (bone != null)
            {
                if (RoleOfBone.TryGetValue(bone, out role) && other.BoneOfRole.ContainsKey(role))
                {
                    return role;
                }

                bone = Parents[bone];
            }

            return "Hips";
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

        void ReadRoles(JsonValue entries)
        {
            foreach (JsonValue entry in entries.Elements())
            {
                JsonValue name = entry.Require("boneName");
                string role = entry.Require("humanoidBoneName").Text(), bone = name.Text();
                if (BoneOfRole.ContainsKey(role))
                {
                    throw entry.Error("names " + role + " a second time");
                }

                if (RoleOfBone.ContainsKey(bone))
                {
                    throw name.Error("is " + bone + ", which is " + RoleOfBone[bone] + " already");
                }

                if (!Parents.ContainsKey(bone))
                {
                    throw name.Error("is " + bone + " (" + role + "), which `boneHierarchy` does not hold");
                }

                BoneOfRole[role] = bone;
                RoleOfBone[bone] = role;
            }

            if (!BoneOfRole.ContainsKey("Hips"))
            {
                throw entries.Error("holds no Hips, expected that bone at least");
            }
        }
    }
}
