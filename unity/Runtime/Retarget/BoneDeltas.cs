// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;

namespace Hemline
{
    /// <summary>From poses by role to a matrix for each bone of a skeleton.</summary>
    internal static class BoneDeltas
    {
        /// <summary>An upper arm that points farther down (or up) than this is in an A-pose; degrees.</summary>
        const double APose = 30;

        /// <summary>
        /// Delta matrices of a skeleton's bones, 16 numbers each. A bone that the pose does not list follows
        /// its nearest listed ancestor in the avatar's own hierarchy; the outfit's own bones follow theirs,
        /// and those whose ancestors are none of the avatar's follow the hips (strays).
        /// </summary>
        internal static double[] Of(
            Skeleton skeleton, AvatarData avatar, Dictionary<string, double[]> pose, List<string> strays = null)
        {
            Dictionary<string, double[]> known = OfAvatar(avatar, pose);
            int count = skeleton.Names.Count;
            double[] deltas = Matrices.Identities(count);
            byte[] listed = new byte[count];
            bool[] reached = new bool[count];
            double[] hips;
            if (!known.TryGetValue(avatar.BoneOfRole["Hips"], out hips))
            {
                hips = Matrices.Identity;
            }

            for (int bone = 0; bone < count; bone++)
            {
                double[] delta;
                int parent = skeleton.Parents[bone];
                reached[bone] = avatar.Parents.ContainsKey(skeleton.Names[bone]) || (parent >= 0 && reached[parent]);
                bool isStray = !reached[bone] && parent < 0;
                if (known.TryGetValue(skeleton.Names[bone], out delta) || isStray)
                {
                    (isStray ? hips : delta).CopyTo(deltas, 16 * bone);
                    listed[bone] = 1;
                }

                if (isStray && strays != null)
                {
                    strays.Add(skeleton.Names[bone]);
                }
            }

            return Poses.ByDeltas(skeleton.Parents, Matrices.Identities(count), deltas, listed);
        }

        /// <summary>Whether the upper arms point far away from the horizontal plane.</summary>
        internal static bool IsAPose(Skeleton skeleton, AvatarData avatar)
        {
            foreach (string side in new[] { "Left", "Right" })
            {
                int upper = Bone(skeleton, avatar, side + "UpperArm"), lower = Bone(skeleton, avatar, side + "LowerArm");
                if (upper >= 0 && lower >= 0)
                {
                    double x = Head(skeleton, lower, 0) - Head(skeleton, upper, 0);
                    double y = Head(skeleton, lower, 1) - Head(skeleton, upper, 1);
                    double z = Head(skeleton, lower, 2) - Head(skeleton, upper, 2);
                    return Math.Atan2(Math.Abs(z), Math.Sqrt(x * x + y * y)) * 180 / Math.PI > APose;
                }
            }

            return false;
        }

        static Dictionary<string, double[]> OfAvatar(AvatarData avatar, Dictionary<string, double[]> pose)
        {
            var deltas = new Dictionary<string, double[]>();
            foreach (string bone in avatar.Bones)
            {
                string role, parent = avatar.Parents[bone];
                double[] delta;
                if (avatar.RoleOfBone.TryGetValue(bone, out role) && pose.TryGetValue(role, out delta))
                {
                    deltas[bone] = delta;
                }
                else if (parent != null && deltas.TryGetValue(parent, out delta))
                {
                    deltas[bone] = delta;
                }
            }

            return deltas;
        }

        static int Bone(Skeleton skeleton, AvatarData avatar, string role)
        {
            string name;
            return avatar.BoneOfRole.TryGetValue(role, out name) ? skeleton.Find(name) : Library.NoIndex;
        }

        static double Head(Skeleton skeleton, int bone, int axis)
        {
            return skeleton.Matrices[16 * bone + 4 * axis + 3];
        }
    }
}
