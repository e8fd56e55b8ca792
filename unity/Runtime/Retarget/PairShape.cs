// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Hemline
{
    /// <summary>
    /// The shape of an outfit's meshes through a pair: its pose and its field. Each field of a blend shape
    /// makes a shape key, or takes the place of the pair's field for the key of its name.
    /// </summary>
    internal sealed class PairShape
    {
        /// <summary>Metres along the body over which a push out of it fades.</summary>
        const float RepairRadius = 0.01f;

        readonly PairFiles pair;
        readonly Skeleton skeleton;
        readonly CancellationToken cancel;

        /// <param name="pair">The conversion.</param>
        /// <param name="skeleton">The outfit's.</param>
        /// <param name="cancel">Stops a step.</param>
        internal PairShape(PairFiles pair, Skeleton skeleton, CancellationToken cancel)
        {
            this.pair = pair;
            this.skeleton = skeleton;
            this.cancel = cancel;
        }

        /// <summary>A mesh on the target in its basis pose.</summary>
        /// <param name="mesh">The mesh on the source in its basis pose.</param>
        /// <param name="weights">Its weights over the bones of the pose.</param>
        /// <param name="pose">From the source's basis pose to the target's.</param>
        /// <param name="body">The body that it is pushed out of; null: none.</param>
        /// <param name="progress">Of this mesh.</param>
        internal CostumeMesh Follow(
            CostumeMesh mesh, RowArrays weights, BonePose pose, Surface body, IProgress<float> progress)
        {
            var names = mesh.ShapeKeys.Select(key => key.Name).ToList();
            var keys = mesh.ShapeKeys.Select(key => key.Displacements).ToList();
            var keyFields = keys.Select(key => (IReadOnlyList<FieldUse>)null).ToList();
            foreach (ShapeField field in pair.ShapeFields)
            {
                float[] mask = BoneMask(mesh, field.MaskBones);
                int key = names.IndexOf(field.Label);
                if (key < 0)
                {
                    key = names.Count;
                    names.Add(field.Label);
                    keys.Add(SourceDisplacement(mesh, field, mask));
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
                progress,
                cancel);
            return mesh.With(result.Points, ShapeKey.Split(names, result.ShapeKeys));
        }

        /// <summary>A mesh taken back from a pose and pushed out of the body.</summary>
        /// <param name="mesh">The mesh in the pose.</param>
        /// <param name="deltas">The pose, 16 numbers a bone of its skeleton.</param>
        /// <param name="body">The body at rest.</param>
        /// <param name="progress">Of this mesh.</param>
        /// <param name="cancel">Stops it.</param>
        internal static CostumeMesh Unposed(
            CostumeMesh mesh, double[] deltas, Surface body, IProgress<float> progress, CancellationToken cancel)
        {
            ShapeResult result = ShapeStage.Run(
                new ShapeInput
                {
                    Points = mesh.Points,
                    Triangles = mesh.Triangles,
                    Weights = mesh.Weights.Rows,
                    ShapeKeys = ShapeKey.Join(mesh.ShapeKeys),
                    Rigid = RigidParts.Labels,
                    RigidLabels = mesh.RigidParts(),
                    Unpose = new BonePose(deltas),
                    Body = body,
                    Repair = Repair(body),
                },
                progress,
                cancel);
            return mesh.With(
                result.Points, ShapeKey.Split(mesh.ShapeKeys.Select(key => key.Name), result.ShapeKeys));
        }

        /// <summary>What moves the key of a field: the field where its mask is, the pair's elsewhere.</summary>
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
        float[] SourceDisplacement(CostumeMesh mesh, ShapeField field, float[] within)
        {
            float[] points = (float[])mesh.Points.Clone();
            foreach (var value in field.SourceValues)
            {
                float factor = (float)value.Value;
                foreach (ShapeField own in pair.SourceShapeFields.Where(known => known.Label == value.Key))
                {
                    float[] mask = BoneMask(mesh, own.MaskBones);
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
        float[] BoneMask(CostumeMesh mesh, string[] roles)
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
    }
}
