// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Hemline
{
    /// <summary>What a retarget gives.</summary>
    public sealed class RetargetResult
    {
        internal RetargetResult(Outfit outfit, int[] ownBones, IReadOnlyList<string> warnings)
        {
            Outfit = outfit;
            OwnBones = ownBones;
            Warnings = warnings;
        }

        /// <summary>
        /// The outfit on the target at rest. Its skeleton has the target's bones first, in their order, then
        /// the outfit's own.
        /// </summary>
        public Outfit Outfit { get; }

        /// <summary>The bone of the given outfit that each own bone was.</summary>
        public int[] OwnBones { get; }

        /// <summary>What a user should know.</summary>
        public IReadOnlyList<string> Warnings { get; }
    }

    /// <summary>
    /// Carries an outfit from one avatar to another with the avatars' data files: the retarget of hemline's
    /// Blender side for one pair, step by step the same, on arrays.
    /// </summary>
    public sealed class OutfitRetarget
    {
        /// <summary>Metres along the body over which a push out of it fades.</summary>
        const float RepairRadius = 0.01f;

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
            return new OutfitRetarget(pair, progress, cancel).Run(outfit, body, initialPose);
        }

        RetargetResult Run(Outfit outfit, Body body, InitialPose initialPose)
        {
            if (!outfit.Skeleton.Names.Any(pair.Source.RoleOfBone.ContainsKey))
            {
                throw new RetargetException(
                    "no bone of the outfit (" + string.Join(", ", outfit.Skeleton.Names.Take(4)) + ", …) is a humanoid bone of "
                    + pair.Source.File + " (whose Hips is " + pair.Source.BoneOfRole["Hips"]
                    + "); is this the avatar that the outfit was made for?");
            }

            outfit = InitiallyPosed(outfit, initialPose);
            Dictionary<string, double[]> basePose;
            Body basis = InBasisPose(body, outfit, out basePose);
            progress = new ProgressParts(listener, (basePose.Count > 0 ? 3 : 2) * outfit.Meshes.Count + 1);
            var map = new BoneMap(outfit, pair.Source, pair.Target, basis.Skeleton, warnings);
            Outfit made = Converted(outfit, basis, map, basePose.Count == 0);
            if (basePose.Count > 0)
            {
                made = ToRestPose(made, body, basePose);
            }

            int[] mirror = MirrorColumns(made.Skeleton);
            var meshes = made.Meshes.Select(mesh => Symmetrized(mesh, mirror)).ToArray();
            return new RetargetResult(new Outfit(made.Skeleton, meshes), map.Own, warnings);
        }

        static Outfit InitiallyPosed(Outfit outfit, InitialPose pose)
        {
            double[] deltas = pose == null ? null : pose.Deltas(outfit.Skeleton);
            if (pose == null || PoseFile.IsIdentity(new[] { deltas }))
            {
                return outfit;
            }

            float[] rest = Matrices.ToFloat(Matrices.Identities(outfit.Skeleton.Names.Count));
            var meshes = outfit.Meshes.Select(mesh =>
            {
                SkinnedPoints moved = Skinning.Skin(
                    mesh.Weights.Rows, rest, Matrices.ToFloat(deltas), mesh.Points, displacements: Joined(mesh.ShapeKeys));
                return mesh.With(moved.Positions, Keys(mesh.ShapeKeys.Select(key => key.Name), moved.Displacements));
            });
            return new Outfit(outfit.Skeleton.Posed(deltas), meshes.ToArray());
        }

        /// <summary>The target in the pose in which fields and weights fit: for outfits in A-pose another one.</summary>
        Body InBasisPose(Body body, Outfit outfit, out Dictionary<string, double[]> basePose)
        {
            bool isAPose = pair.BasePoseA.Count > 0 && BoneDeltas.IsAPose(outfit.Skeleton, pair.Source);
            basePose = isAPose ? pair.BasePoseA : pair.BasePose;
            if (PoseFile.IsIdentity(basePose.Values))
            {
                basePose = new Dictionary<string, double[]>();
                return body;
            }

            double[] deltas = BoneDeltas.Of(body.Skeleton, pair.Target, basePose);
            float[] rest = Matrices.ToFloat(Matrices.Identities(body.Skeleton.Names.Count));
            float[] points = Skinning.Skin(body.Weights.Rows, rest, Matrices.ToFloat(deltas), body.Points).Positions;
            return new Body(body.Skeleton.Posed(deltas), points, body.Triangles, body.Weights);
        }

        /// <summary>Shape and weights on the target in its basis pose; the repair is left to the last pose.</summary>
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
            using (Surface surface = Surface.Create(body.Points, body.Triangles))
            {
                var meshes = outfit.Meshes.Select(mesh =>
                {
                    CostumeMesh shaped = FollowPair(mesh, outfit.Skeleton, following, repair ? surface : null);
                    return shaped.With(map.Rename(mesh.Weights));
                }).ToArray();
                Skeleton skeleton = map.NewSkeleton(ThroughField(outfit.Skeleton.Posed(deltas)));
                RowArrays[] rows = Weighed(meshes, surface, body, skeleton, null);
                RowArrays[] ruled = pair.Target.Sway.Apply(meshes, rows, surface, skeleton);
                if (ruled != null)
                {
                    // A mix of 0 keeps them as they are, but for the steps after the transfer.
                    WeightStageOptions options = WeightStageOptions.Default;
                    options.Mix = 0;
                    CostumeMesh[] given = meshes.Select((mesh, number) => mesh.With(ruled[number])).ToArray();
                    rows = Weighed(given, surface, body, skeleton, options);
                }

                return new Outfit(skeleton, meshes.Select((mesh, number) => mesh.With(rows[number])).ToArray());
            }
        }

        CostumeMesh FollowPair(CostumeMesh mesh, Skeleton skeleton, FollowingWeights following, Surface body)
        {
            BonePose pose;
            RowArrays weights = following.For(mesh, out pose, progress.Next(), cancel);
            var names = mesh.ShapeKeys.Select(key => key.Name).ToList();
            var keys = mesh.ShapeKeys.Select(key => key.Displacements).ToList();
            var keyFields = keys.Select(key => (IReadOnlyList<FieldUse>)null).ToList();
            foreach (ShapeField field in pair.ShapeFields)
            {
                float[] mask = BoneMask(mesh, skeleton, field.MaskBones);
                int key = names.IndexOf(field.Label);
                if (key < 0)
                {
                    key = names.Count;
                    names.Add(field.Label);
                    keys.Add(SourceDisplacement(mesh, skeleton, field, mask));
                    keyFields.Add(null);
                }

                keyFields[key] = KeyField(field, mask);
            }

            ShapeResult result = ShapeStage.Run(
                new ShapeInput
                {
                    Points = mesh.Points,
                    Triangles = mesh.Triangles,
                    Weights = weights.Rows,
                    ShapeKeys = keys.SelectMany(key => key).ToArray(),
                    Pose = pose,
                    Fields = new[] { new FieldUse(pair.Field) },
                    KeyFields = keys.Count > 0 ? keyFields : null,
                    Rigid = RigidParts.Labels,
                    RigidLabels = mesh.RigidParts(),
                    Body = body,
                    Repair = Repair(body),
                },
                progress.Next(),
                cancel);
            return mesh.With(result.Points, Keys(names, result.ShapeKeys));
        }

        IReadOnlyList<FieldUse> KeyField(ShapeField field, float[] mask)
        {
            if (mask == null)
            {
                return new[] { new FieldUse(field.Field) };
            }

            return new[]
            {
                new FieldUse(pair.Field) { Mask = Array.ConvertAll(mask, share => 1 - share) },
                new FieldUse(field.Field) { Mask = mask },
            };
        }

        /// <summary>
        /// What the source's own blend shapes, those of a pair's field, do to the mesh where a mask, if there
        /// is one, lets them.
        /// </summary>
        float[] SourceDisplacement(CostumeMesh mesh, Skeleton skeleton, ShapeField field, float[] within)
        {
            float[] points = (float[])mesh.Points.Clone();
            foreach (var value in field.SourceValues)
            {
                float factor = (float)value.Value;
                foreach (ShapeField own in pair.SourceShapeFields.Where(known => known.Label == value.Key))
                {
                    float[] mask = BoneMask(mesh, skeleton, own.MaskBones);
                    mask = mask == null ? within : within == null ? mask : mask.Zip(within, Math.Min).ToArray();
                    mask = mask ?? Enumerable.Repeat(1f, points.Length / 3).ToArray();
                    own.Field.Apply(points, points, Array.ConvertAll(mask, share => share * factor), null, null, cancel);
                }
            }

            for (int number = 0; number < points.Length; number++)
            {
                points[number] -= mesh.Points[number];
            }

            return points;
        }

        /// <summary>The share of each vertex's weights on some humanoid bones; null: no roles are given.</summary>
        float[] BoneMask(CostumeMesh mesh, Skeleton skeleton, string[] roles)
        {
            if (roles.Length == 0)
            {
                return null;
            }

            string role = null;
            bool[] chosen = skeleton.Names.Select(
                name => pair.Source.RoleOfBone.TryGetValue(name, out role) && roles.Contains(role)).ToArray();
            RowArrays rows = mesh.Weights;
            float[] mask = new float[rows.VertexCount];
            for (int vertex = 0; vertex < mask.Length; vertex++)
            {
                double sum = 0;
                for (int entry = rows.Offsets[vertex]; entry < rows.Offsets[vertex + 1]; entry++)
                {
                    sum += chosen[rows.Groups[entry]] ? rows.Weights[entry] : 0;
                }

                mask[vertex] = (float)Math.Max(0, Math.Min(sum, 1));
            }

            return mask;
        }

        /// <summary>Bones moved by the field, as the vertices around them are.</summary>
        Skeleton ThroughField(Skeleton skeleton)
        {
            int count = skeleton.Names.Count;
            float[] heads = new float[3 * count];
            for (int number = 0; number < heads.Length; number++)
            {
                heads[number] = (float)skeleton.Matrices[16 * (number / 3) + 4 * (number % 3) + 3];
            }

            pair.Field.Apply(heads, heads);
            double[] matrices = (double[])skeleton.Matrices.Clone();
            for (int number = 0; number < heads.Length; number++)
            {
                matrices[16 * (number / 3) + 4 * (number % 3) + 3] = heads[number];
            }

            return new Skeleton(skeleton.Names, skeleton.Parents, matrices);
        }

        /// <summary>New weights: the body's share from the target's body, the own bones keep theirs.</summary>
        RowArrays[] Weighed(
            CostumeMesh[] meshes, Surface surface, Body body, Skeleton skeleton, WeightStageOptions? options)
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
                    Mirror = MirrorColumns(skeleton),
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

        Outfit ToRestPose(Outfit outfit, Body body, Dictionary<string, double[]> basePose)
        {
            double[] deltas = BoneDeltas.Of(outfit.Skeleton, pair.Target, basePose);
            using (Surface surface = Surface.Create(body.Points, body.Triangles))
            {
                var meshes = outfit.Meshes.Select(mesh =>
                {
                    ShapeResult result = ShapeStage.Run(
                        new ShapeInput
                        {
                            Points = mesh.Points,
                            Triangles = mesh.Triangles,
                            Weights = mesh.Weights.Rows,
                            ShapeKeys = Joined(mesh.ShapeKeys),
                            Rigid = RigidParts.Labels,
                            RigidLabels = mesh.RigidParts(),
                            Unpose = new BonePose(deltas),
                            Body = surface,
                            Repair = Repair(surface),
                        },
                        progress.Next(),
                        cancel);
                    return mesh.With(result.Points, Keys(mesh.ShapeKeys.Select(key => key.Name), result.ShapeKeys));
                }).ToArray();
                return new Outfit(AtRest(outfit.Skeleton, deltas, body.Skeleton), meshes);
            }
        }

        /// <summary>The target's bones as they are at rest, the outfit's own taken back.</summary>
        static Skeleton AtRest(Skeleton skeleton, double[] deltas, Skeleton body)
        {
            Skeleton back = skeleton.Posed(Matrices.Inverse(deltas));
            body.Matrices.CopyTo(back.Matrices, 0);
            return back;
        }

        /// <summary>The bone on the other side of each: by role where it has one, else by name.</summary>
        int[] MirrorColumns(Skeleton skeleton)
        {
            int[] mirror = Sides.PairNames(skeleton.Names);
            for (int bone = 0; bone < mirror.Length; bone++)
            {
                string role = pair.Target.ForTransfer.Humanoid(skeleton.Names[bone]), other = null;
                if (role != null)
                {
                    string mirrored = Sides.MirrorName(role);
                    mirror[bone] = mirrored == null ? bone
                        : pair.Target.ForTransfer.BoneOfRole.TryGetValue(mirrored, out other) ? skeleton.Find(other) : Library.NoIndex;
                }
            }

            // A name may call one bone the mirror of another whose role knows better.
            return mirror.Select(
                (other, bone) => other >= 0 && mirror[other] == bone ? other : Library.NoIndex).ToArray();
        }

        /// <summary>Mirrored weights where vertices mirror each other at rest, 4 of them, adding up to 1.</summary>
        CostumeMesh Symmetrized(CostumeMesh mesh, int[] mirror)
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

        static RepairOptions? Repair(Surface body)
        {
            if (body == null)
            {
                return null;
            }

            RepairOptions options = RepairOptions.Default;
            options.Radius = RepairRadius;
            return options;
        }

        static float[] Joined(IReadOnlyList<ShapeKey> keys)
        {
            return keys.SelectMany(key => key.Displacements).ToArray();
        }

        static ShapeKey[] Keys(IEnumerable<string> names, float[] displacements)
        {
            string[] all = names.ToArray();
            int length = displacements.Length / Math.Max(all.Length, 1);
            return all.Select((name, key) =>
            {
                float[] own = new float[length];
                Array.Copy(displacements, key * length, own, 0, length);
                return new ShapeKey(name, own);
            }).ToArray();
        }
    }
}
