// SPDX-License-Identifier: MIT OR Apache-2.0
using System.Collections.Generic;
using System.Linq;

namespace Hemline
{
    /// <summary>Outfits, bodies and skeletons in the poses that a retarget takes them through.</summary>
    internal static class Posing
    {
        /// <summary>An outfit in its avatar's basis pose; null: it is in it.</summary>
        internal static Outfit Initially(Outfit outfit, InitialPose pose)
        {
            double[] deltas = pose == null ? null : pose.Deltas(outfit.Skeleton);
            if (pose == null || PoseFile.IsIdentity(new[] { deltas }))
            {
                return outfit;
            }

            var meshes = outfit.Meshes.Select(mesh =>
            {
                SkinnedPoints moved = Skinning.ByDeltas(
                    mesh.Weights.Rows, deltas, mesh.Points, ShapeKey.Join(mesh.ShapeKeys));
                return mesh.With(
                    moved.Positions, ShapeKey.Split(mesh.ShapeKeys.Select(key => key.Name), moved.Displacements));
            });
            return new Outfit(outfit.Skeleton.Posed(deltas), meshes.ToArray());
        }

        /// <summary>The pose of the target in which fields and weights fit, another one for outfits in A-pose; empty: its rest.</summary>
        internal static Dictionary<string, double[]> BasePose(Skeleton outfit, PairFiles pair)
        {
            bool isAPose = pair.BasePoseA.Count > 0 && BoneDeltas.IsAPose(outfit, pair.Source);
            Dictionary<string, double[]> pose = isAPose ? pair.BasePoseA : pair.BasePose;
            return PoseFile.IsIdentity(pose.Values) ? new Dictionary<string, double[]>() : pose;
        }

        /// <summary>A body whose bones are moved: delta · rest.</summary>
        internal static Body Posed(Body body, double[] deltas)
        {
            float[] points = Skinning.ByDeltas(body.Weights.Rows, deltas, body.Points).Positions;
            return new Body(body.Skeleton.Posed(deltas), points, body.Triangles, body.Weights);
        }

        /// <summary>Bones moved by a field, as the vertices around them are.</summary>
        internal static Skeleton Through(DeformationField field, Skeleton skeleton)
        {
            int count = skeleton.Names.Count;
            float[] heads = new float[3 * count];
            for (int number = 0; number < heads.Length; number++)
            {
                heads[number] = (float)skeleton.Matrices[16 * (number / 3) + 4 * (number % 3) + 3];
            }

            field.Apply(heads, heads);
            double[] matrices = (double[])skeleton.Matrices.Clone();
            for (int number = 0; number < heads.Length; number++)
            {
                matrices[16 * (number / 3) + 4 * (number % 3) + 3] = heads[number];
            }

            return new Skeleton(skeleton.Names, skeleton.Parents, matrices);
        }

        /// <summary>The target's bones, which come first, as they are at rest; the outfit's own taken back.</summary>
        internal static Skeleton AtRest(Skeleton skeleton, double[] deltas, Skeleton body)
        {
            Skeleton back = skeleton.Posed(Matrices.Inverse(deltas));
            body.Matrices.CopyTo(back.Matrices, 0);
            return back;
        }
    }
}
