// SPDX-License-Identifier: MIT OR Apache-2.0
using System.Linq;
using System.Threading;

namespace Hemline
{
    /// <summary>New skin weights of an outfit's meshes: the body's share from the target's body, the own bones keep theirs.</summary>
    internal sealed class OutfitWeights
    {
        readonly Body body;
        readonly Surface surface;
        readonly Skeleton skeleton;
        readonly AvatarData target;
        readonly CancellationToken cancel;

        /// <param name="body">The target's, in its basis pose.</param>
        /// <param name="surface">The same.</param>
        /// <param name="skeleton">The target's bones, then the outfit's own.</param>
        /// <param name="target">The target.</param>
        /// <param name="cancel">Stops it.</param>
        internal OutfitWeights(
            Body body, Surface surface, Skeleton skeleton, AvatarData target, CancellationToken cancel)
        {
            this.body = body;
            this.surface = surface;
            this.skeleton = skeleton;
            this.target = target;
            this.cancel = cancel;
        }

        /// <summary>Weights of meshes that lie on the body, with the rule for bones that physics moves.</summary>
        internal RowArrays[] For(CostumeMesh[] meshes, ProgressParts progress)
        {
            RowArrays[] rows = Weighed(meshes, null, progress);
            RowArrays[] ruled = target.Sway.Apply(meshes, rows, surface, skeleton);
            if (ruled == null)
            {
                return rows;
            }

            // A mix of 0 keeps them as they are, but for the steps after the transfer.
            WeightStageOptions options = WeightStageOptions.Default;
            options.Mix = 0;
            return Weighed(meshes.Select((mesh, number) => mesh.With(ruled[number])).ToArray(), options, progress);
        }

        /// <summary>Mirrored weights where vertices mirror each other at rest, 4 of them, adding up to 1.</summary>
        internal static CostumeMesh Symmetrized(CostumeMesh mesh, int[] mirror, CancellationToken cancel)
        {
            using (SparseWeights even = Sides.Symmetrize(
                mesh.Weights.Rows, mesh.Points, mirror, Sides.MirrorTolerance, null, cancel))
            using (SparseWeights limited = WeightCleanup.Limit(even.Rows))
            {
                var rows = new RowArrays(limited.Rows);
                WeightCleanup.Normalize(limited.Rows, rows.Weights);
                return mesh.With(rows);
            }
        }

        /// <summary>The bone on the other side of each: by role where it has one, else by name.</summary>
        internal static int[] Mirror(Skeleton skeleton, TransferRoles roles)
        {
            int[] mirror = Sides.PairNames(skeleton.Names);
            for (int bone = 0; bone < mirror.Length; bone++)
            {
                string role = roles.Humanoid(skeleton.Names[bone]), other = null;
                if (role != null)
                {
                    string mirrored = Sides.MirrorName(role);
                    mirror[bone] = mirrored == null ? bone
                        : roles.BoneOfRole.TryGetValue(mirrored, out other) ? skeleton.Find(other) : Library.NoIndex;
                }
            }

            // A name may call one bone the mirror of another whose role knows better.
            return Sides.Mutual(mirror);
        }

        RowArrays[] Weighed(CostumeMesh[] meshes, WeightStageOptions? options, ProgressParts progress)
        {
            int count = skeleton.Names.Count;
            RowArrays given = body.Weights;
            var joined = new JoinedMeshes(meshes);
            var roles = Enumerable.Range(0, count).Select(
                bone => bone < body.Skeleton.Names.Count ? GroupRole.Body : GroupRole.Own).ToArray();
            using (WeightStageResult made = WeightStage.Run(
                new WeightStageInput
                {
                    Body = surface,
                    BodyWeights = new WeightRows(given.Offsets, given.Groups, given.Weights, count),
                    Points = joined.Points,
                    Triangles = joined.Triangles,
                    PieceStarts = joined.Starts,
                    Roles = roles,
                    Mirror = Mirror(skeleton, target.ForTransfer),
                    Present = joined.Weights.Rows,
                    Options = options,
                    Mask = meshes.SelectMany(mesh => Enumerable.Repeat(mesh.Bound ? 0f : 1f, mesh.Points.Length / 3)).ToArray(),
                },
                progress.Next(),
                cancel))
            {
                return joined.Split(new RowArrays(made.Weights.Rows));
            }
        }
    }
}
