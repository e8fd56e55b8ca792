// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Hemline
{
    /// <summary>
    /// Carries an outfit from one avatar to another with the avatars' data files: the retarget of hemline's
    /// Blender side for one pair, step by step the same, on arrays.
    /// </summary>
    public sealed class OutfitRetarget
    {
        readonly PairFiles pair;
        readonly List<string> warnings = new List<string>();
        readonly IProgress<float> listener;
        readonly CancellationToken cancel;
        ProgressParts progress;

        OutfitRetarget(PairFiles pair, IProgress<float> listener, CancellationToken cancel)
        {
            this.pair = pair;
            this.listener = listener;
            this.cancel = cancel;
        }

        /// <summary>Runs it.</summary>
        /// <param name="outfit">The outfit on its avatar, in world space.</param>
        /// <param name="pair">The conversion.</param>
        /// <param name="body">The target's body at rest, the blend shapes that its file names applied.</param>
        /// <param name="initialPose">From the outfit's pose to its avatar's basis pose; null: it is in it.</param>
        /// <exception cref="RetargetException">The outfit or the body is not what the files describe.</exception>
        public static RetargetResult Run(
            Outfit outfit,
            PairFiles pair,
            Body body,
            InitialPose initialPose = null,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            Library.Require();
            Arguments.NotNull(outfit, nameof(outfit));
            Arguments.NotNull(pair, nameof(pair));
            Arguments.NotNull(body, nameof(body));
            return new OutfitRetarget(pair, progress, cancel).Run(outfit, body, initialPose);
        }

        RetargetResult Run(Outfit outfit, Body body, InitialPose initialPose)
        {
            CheckSource(outfit.Skeleton);
            outfit = Posing.Initially(outfit, initialPose);
            Dictionary<string, double[]> basePose = Posing.BasePose(outfit.Skeleton, pair);
            bool isPosed = basePose.Count > 0;
            Body basis = isPosed ? Posing.Posed(body, BoneDeltas.Of(body.Skeleton, pair.Target, basePose)) : body;
            progress = new ProgressParts(listener, (isPosed ? 3 : 2) * outfit.Meshes.Count + 1);
            var map = new BoneMap(outfit, pair.Source, pair.Target, basis.Skeleton, warnings);
            Outfit made = Converted(outfit, basis, map, !isPosed);
            if (isPosed)
            {
                made = ToRestPose(made, body, basePose);
            }

            int[] mirror = OutfitWeights.Mirror(made.Skeleton, pair.Target.ForTransfer);
            var meshes = made.Meshes.Select(mesh => OutfitWeights.Symmetrized(mesh, mirror, cancel)).ToArray();
            return new RetargetResult(new Outfit(made.Skeleton, meshes), map.Own, warnings);
        }

        void CheckSource(Skeleton outfit)
        {
            if (!outfit.Names.Any(pair.Source.RoleOfBone.ContainsKey))
            {
                throw new RetargetException(
                    "no bone of the outfit (" + string.Join(", ", outfit.Names.Take(4)) + ", …) is a humanoid bone of "
                    + pair.Source.File + " (whose Hips is " + pair.Source.BoneOfRole["Hips"]
                    + "); is this the avatar that the outfit was made for?");
            }
        }

        /// <summary>Shape and weights on the target in its basis pose, with the repair unless another pose comes.</summary>
        Outfit Converted(Outfit outfit, Body body, BoneMap map, bool repair)
        {
            var strays = new List<string>();
            double[] deltas = BoneDeltas.Of(outfit.Skeleton, pair.Source, pair.Pose, strays);
            warnings.AddRange(strays.Select(
                bone => "bone " + bone + " of the outfit has no humanoid parent; it follows the hips"));
            bool[] own = new bool[outfit.Skeleton.Names.Count];
            Array.ForEach(map.Own, bone => own[bone] = true);
            double[] bodyDeltas = BoneDeltas.Of(body.Skeleton, pair.Target, pair.Pose);
            var following = new FollowingWeights(deltas, own, body, bodyDeltas);
            var shape = new PairShape(pair, outfit.Skeleton, cancel);
            using (Surface surface = Surface.Create(body.Points, body.Triangles))
            {
                var meshes = outfit.Meshes.Select(mesh =>
                {
                    BonePose pose;
                    RowArrays weights = following.For(mesh, out pose, progress.Next(), cancel);
                    CostumeMesh shaped = shape.Follow(mesh, weights, pose, repair ? surface : null, progress.Next());
                    return shaped.With(map.Rename(mesh.Weights));
                }).ToArray();
                Skeleton skeleton = map.NewSkeleton(Posing.Through(pair.Field, outfit.Skeleton.Posed(deltas)));
                var weighing = new OutfitWeights(body, surface, skeleton, pair.Target, cancel);
                RowArrays[] rows = weighing.For(meshes, progress);
                return new Outfit(skeleton, meshes.Select((mesh, number) => mesh.With(rows[number])).ToArray());
            }
        }

        /// <summary>From the target's basis pose to its rest, and out of its body there.</summary>
        Outfit ToRestPose(Outfit outfit, Body body, Dictionary<string, double[]> basePose)
        {
            double[] deltas = BoneDeltas.Of(outfit.Skeleton, pair.Target, basePose);
            using (Surface surface = Surface.Create(body.Points, body.Triangles))
            {
                var meshes = outfit.Meshes.Select(
                    mesh => PairShape.Unposed(mesh, deltas, surface, progress.Next(), cancel)).ToArray();
                return new Outfit(Posing.AtRest(outfit.Skeleton, deltas, body.Skeleton), meshes);
            }
        }
    }
}
