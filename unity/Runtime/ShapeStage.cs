// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;

namespace Hemline
{
    /// <summary>Bones that move points, each by posed · rest⁻¹.</summary>
    public sealed class BonePose
    {
        /// <param name="posed">16 numbers a bone, row-major, affine.</param>
        /// <param name="rest">The same with an inverse; left out: <paramref name="posed"/> are delta matrices.</param>
        public BonePose(double[] posed, double[] rest = null)
        {
            Posed = Arguments.NotNull(posed, nameof(posed));
            Arguments.Rows(posed.Length, 16, nameof(posed));
            Rest = rest ?? Matrices.Identities(posed.Length / 16);
            Arguments.Length(Rest.Length, posed.Length, nameof(rest));
        }

        /// <summary>16 numbers a bone.</summary>
        public double[] Posed { get; }

        /// <summary>16 numbers a bone.</summary>
        public double[] Rest { get; }

        /// <summary>The bone of each group, <see cref="Library.NoIndex"/> for none; null: group g belongs to bone g.</summary>
        public int[] GroupBones { get; set; }

        /// <summary>How motions are blended.</summary>
        public BlendMethod Blend { get; set; }
    }

    /// <summary>A deformation field and how it is applied.</summary>
    public sealed class FieldUse
    {
        /// <param name="field">The field.</param>
        public FieldUse(DeformationField field)
        {
            Field = Arguments.NotNull(field, nameof(field));
        }

        /// <summary>The field.</summary>
        public DeformationField Field { get; }

        /// <summary>Factors of the displacements, one a point; may be null.</summary>
        public float[] Mask { get; set; }

        /// <summary>Null for the defaults.</summary>
        public FieldOptions? Options { get; set; }
    }

    /// <summary>What goes into the shape stage: world space, metres. A step is left out where its input is.</summary>
    public ref struct ShapeInput
    {
        /// <summary>The outfit's positions, 3 numbers a vertex.</summary>
        public ReadOnlySpan<float> Points;

        /// <summary>Vertices, 3 a triangle.</summary>
        public ReadOnlySpan<int> Triangles;

        /// <summary>Displacements from the points, 3 numbers a vertex, key after key.</summary>
        public ReadOnlySpan<float> ShapeKeys;

        /// <summary>Present skin weights: for poses, and for rigid parts to be detected.</summary>
        public WeightRows Weights;

        /// <summary>The pose that the fields were made in.</summary>
        public BonePose Pose;

        /// <summary>Fields, one after the other.</summary>
        public IReadOnlyList<FieldUse> Fields;

        /// <summary>For each key null, or fields of its own in place of those above.</summary>
        public IReadOnlyList<IReadOnlyList<FieldUse>> KeyFields;

        /// <summary>Which parts are rigid.</summary>
        public RigidParts Rigid;

        /// <summary>For <see cref="RigidParts.Labels"/>: the part of each vertex, <see cref="Library.NoIndex"/> for none.</summary>
        public ReadOnlySpan<int> RigidLabels;

        /// <summary>The pose that is undone after the fields.</summary>
        public BonePose Unpose;

        /// <summary>The body that the outfit was made for, in the space of the points.</summary>
        public Surface SourceBody;

        /// <summary>The body that the outfit ends on, in the space of the result.</summary>
        public Surface Body;

        /// <summary>The repair of penetration into the body; null to measure it only.</summary>
        public RepairOptions? Repair;
    }

    /// <summary>What the shape stage gives.</summary>
    public sealed class ShapeResult
    {
        internal ShapeResult(int pointCount, int keyLength)
        {
            Points = new float[3 * pointCount];
            ShapeKeys = new float[keyLength];
            RigidLabels = new int[pointCount];
            DepthsBefore = new float[pointCount];
            Depths = new float[pointCount];
        }

        /// <summary>The outfit's new positions.</summary>
        public float[] Points { get; }

        /// <summary>Displacements from them.</summary>
        public float[] ShapeKeys { get; }

        /// <summary>The rigid part of each vertex, <see cref="Library.NoIndex"/> for none.</summary>
        public int[] RigidLabels { get; }

        /// <summary>Metres inside the body before the repair, negative outside, minus infinity without a body.</summary>
        public float[] DepthsBefore { get; }

        /// <summary>The same after it.</summary>
        public float[] Depths { get; }

        /// <summary>The stage in numbers.</summary>
        public ShapeReport Report { get; internal set; }
    }

    /// <summary>The shape part of a retarget in one call: pose, fields, rigid parts, inverse pose, repair.</summary>
    public static unsafe class ShapeStage
    {
        /// <summary>Runs the stage on one mesh, or on the joined meshes of a layered outfit.</summary>
        public static ShapeResult Run(
            ShapeInput input, IProgress<float> progress = null, CancellationToken cancel = default)
        {
            Library.Require();
            int count = (int)Arguments.Rows(input.Points.Length, 3, nameof(input.Points));
            CheckLengths(ref input, count);
            var result = new ShapeResult(count, input.ShapeKeys.Length);
            var report = new ShapeReport { struct_size = (uint)sizeof(ShapeReport) };
            HemShapeInput native;
            Library.Check(NativeMethods.hem_shape_input_init(&native));
            using (var memory = new CallMemory())
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* points = input.Points, keys = input.ShapeKeys, weights = input.Weights.Weights)
            fixed (int* triangles = input.Triangles, labels = input.RigidLabels)
            fixed (int* offsets = input.Weights.Offsets, groups = input.Weights.Groups)
            fixed (float* outPoints = result.Points, outKeys = result.ShapeKeys)
            fixed (float* before = result.DepthsBefore, after = result.Depths)
            fixed (int* outLabels = result.RigidLabels)
            {
                native.points = points;
                native.point_count = (UIntPtr)(uint)count;
                native.triangles = (uint*)triangles;
                native.triangle_count = Arguments.Rows(input.Triangles.Length, 3, nameof(input.Triangles));
                native.shape_keys = keys;
                native.key_count = (UIntPtr)(uint)KeyCount(ref input, count);
                native.offsets = (uint*)offsets;
                native.groups = (uint*)groups;
                native.weights = weights;
                native.entry_count = input.Weights.Entries;
                native.group_count = input.Weights.GroupTotal;
                native.rigid = (uint)input.Rigid;
                native.rigid_labels = (uint*)labels;
                SetSteps(ref native, ref input, memory);
                call.Check(NativeMethods.hem_shape_stage_run(
                    &native, outPoints, outKeys, (uint*)outLabels, before, after, &report, call.Pointer));
            }

            result.Report = report;
            return result;
        }

        static int KeyCount(ref ShapeInput input, int pointCount)
        {
            return pointCount == 0 ? 0 : input.ShapeKeys.Length / (3 * pointCount);
        }

        static void CheckLengths(ref ShapeInput input, int count)
        {
            Arguments.Rows(input.ShapeKeys.Length, 3 * count, nameof(input.ShapeKeys));
            Arguments.OptionalLength(input.RigidLabels.Length, count, nameof(input.RigidLabels));
            if (!input.Weights.IsNone)
            {
                Arguments.Length(input.Weights.VertexCount, count, nameof(input.Weights));
            }

            if (input.KeyFields != null)
            {
                Arguments.Length(input.KeyFields.Count, KeyCount(ref input, count), nameof(input.KeyFields));
            }

            CheckGroupBones(input.Pose, input.Weights.GroupCount);
            CheckGroupBones(input.Unpose, input.Weights.GroupCount);
        }

        static void CheckGroupBones(BonePose pose, int groupCount)
        {
            if (pose != null)
            {
                int given = pose.GroupBones == null ? pose.Posed.Length / 16 : pose.GroupBones.Length;
                Arguments.Length(given, groupCount, nameof(BonePose.GroupBones));
            }
        }

        static void SetSteps(ref HemShapeInput native, ref ShapeInput input, CallMemory memory)
        {
            native.pose = Pose(input.Pose, memory);
            native.unpose = Pose(input.Unpose, memory);
            native.source_body = (HemSurface*)memory.Borrow(input.SourceBody);
            native.body = (HemSurface*)memory.Borrow(input.Body);
            int count = (int)native.point_count;
            if (input.Fields != null)
            {
                native.fields = Uses(input.Fields, count, memory);
                native.field_count = (UIntPtr)(uint)input.Fields.Count;
            }

            if (input.KeyFields != null)
            {
                SetKeyFields(ref native, input.KeyFields, count, memory);
            }

            if (input.Repair.HasValue)
            {
                native.repair = (RepairOptions*)memory.Allocate(sizeof(RepairOptions));
                *native.repair = input.Repair.Value;
            }
        }

        static HemBonePose* Pose(BonePose pose, CallMemory memory)
        {
            if (pose == null)
            {
                return null;
            }

            var native = (HemBonePose*)memory.Allocate(sizeof(HemBonePose));
            *native = new HemBonePose
            {
                rest = (double*)memory.Pin(pose.Rest),
                posed = (double*)memory.Pin(pose.Posed),
                bone_count = (UIntPtr)(uint)(pose.Posed.Length / 16),
                group_bones = (uint*)memory.Pin(pose.GroupBones),
                blend = (uint)pose.Blend,
            };
            return native;
        }

        static HemFieldUse* Uses(IReadOnlyList<FieldUse> uses, int pointCount, CallMemory memory)
        {
            var native = (HemFieldUse*)memory.Allocate(uses.Count * sizeof(HemFieldUse));
            for (int use = 0; use < uses.Count; use++)
            {
                FieldOptions* options = null;
                if (uses[use].Options.HasValue)
                {
                    options = (FieldOptions*)memory.Allocate(sizeof(FieldOptions));
                    *options = uses[use].Options.Value;
                }

                if (uses[use].Mask != null)
                {
                    Arguments.Length(uses[use].Mask.Length, pointCount, nameof(FieldUse.Mask));
                }

                native[use] = new HemFieldUse
                {
                    field = (HemField*)memory.Borrow(uses[use].Field),
                    mask = (float*)memory.Pin(uses[use].Mask),
                    options = options,
                };
            }

            return native;
        }

        static void SetKeyFields(
            ref HemShapeInput native, IReadOnlyList<IReadOnlyList<FieldUse>> keys, int pointCount, CallMemory memory)
        {
            byte[] own = new byte[keys.Count];
            int[] offsets = new int[keys.Count + 1];
            var uses = new List<FieldUse>();
            for (int key = 0; key < keys.Count; key++)
            {
                if (keys[key] != null)
                {
                    own[key] = 1;
                    uses.AddRange(keys[key]);
                }

                offsets[key + 1] = uses.Count;
            }

            native.own_fields = (byte*)memory.Pin(own);
            native.key_field_offsets = (uint*)memory.Pin(offsets);
            native.key_fields = Uses(uses, pointCount, memory);
        }
    }
}
