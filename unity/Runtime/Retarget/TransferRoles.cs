// SPDX-License-Identifier: MIT OR Apache-2.0
using System.Collections.Generic;
using System.Linq;

namespace Hemline
{
    /// <summary>An avatar's roles as the transfer of weights knows them: some bones in place of others.</summary>
    internal sealed class TransferRoles
    {
        readonly AvatarData avatar;
        readonly Dictionary<string, string> roleOfBone;
        readonly Dictionary<string, string> roleOfAuxiliary;

        internal TransferRoles(AvatarData avatar, Dictionary<string, string> subRoleOfAuxiliary)
        {
            this.avatar = avatar;
            BoneOfRole = new Dictionary<string, string>(avatar.BoneOfRole);
            foreach (var sub in avatar.SubBoneOfRole)
            {
                BoneOfRole[sub.Key] = sub.Value;
            }

            roleOfBone = new Dictionary<string, string>();
            foreach (var entry in BoneOfRole.Where(entry => !avatar.SubBoneOfRole.ContainsKey(entry.Key)).Concat(avatar.SubBoneOfRole))
            {
                roleOfBone[entry.Value] = entry.Key;
            }

            roleOfAuxiliary = avatar.RoleOfAuxiliary
                .Where(entry => !subRoleOfAuxiliary.ContainsValue(entry.Value))
                .ToDictionary(entry => entry.Key, entry => entry.Value);
            foreach (var sub in subRoleOfAuxiliary)
            {
                roleOfAuxiliary[sub.Key] = sub.Value;
            }
        }

        /// <summary>Bone by role.</summary>
        internal Dictionary<string, string> BoneOfRole { get; }

        /// <summary>The role of a humanoid bone, null for none.</summary>
        internal string Humanoid(string bone)
        {
            return Found(roleOfBone, bone);
        }

        /// <summary>What a bone is to the transfer: also an auxiliary bone, or one that another takes the place of.</summary>
        internal string Role(string bone)
        {
            return Found(roleOfBone, bone) ?? Found(roleOfAuxiliary, bone) ?? Found(avatar.RoleOfBone, bone);
        }

        /// <summary>The role, or that of the nearest ancestor here that <paramref name="other"/> has too.</summary>
        internal string Nearest(string role, TransferRoles other)
        {
            for (string bone = Found(BoneOfRole, role); bone != null; bone = avatar.Parents[bone])
            {
                role = Role(bone);
                if (role != null && other.BoneOfRole.ContainsKey(role))
                {
                    return role;
                }
            }

            return "Hips";
        }

        static string Found(Dictionary<string, string> entries, string key)
        {
            string value;
            return entries.TryGetValue(key, out value) ? value : null;
        }
    }
}
