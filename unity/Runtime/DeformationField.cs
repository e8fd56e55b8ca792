// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Threading;

namespace Hemline
{
    /// <summary>Samples of a field.</summary>
    public ref struct FieldSamples
    {
        /// <summary>Bounds of the steps, one more than there are.</summary>
        public ReadOnlySpan<int> Offsets;

        /// <summary>Positions in the field's space, 3 numbers a sample.</summary>
        public ReadOnlySpan<float> Points;

        /// <summary>3 numbers a sample.</summary>
        public ReadOnlySpan<float> Displacements;

        /// <summary>From the field's space to the world, 16 numbers, row-major.</summary>
        public ReadOnlySpan<double> WorldMatrix;

        /// <summary>Whether samples with x above 0 stand for both sides.</summary>
        public bool MirrorX;
    }

    /// <summary>A deformation field: samples with displacements, in steps, that move points of space.</summary>
    public sealed unsafe class DeformationField : NativeHandle
    {
        DeformationField(HemField* pointer) : base(pointer)
        {
        }

        /// <summary>Reads a field file (.npz), all layouts that there are. Nothing in a file is run.</summary>
        public static DeformationField Load(string path)
        {
            Library.Require();
            HemField* made;
            fixed (byte* name = Utf8.Write(path))
            {
                Library.Check(NativeMethods.hem_field_load(name, &made));
            }

            return new DeformationField(made);
        }

        /// <summary>Makes a field of one step from samples, in world space.</summary>
        /// <param name="points">Positions, 3 numbers a sample.</param>
        /// <param name="displacements">3 numbers a sample.</param>
        /// <param name="mirrorX">Whether samples with x above 0 stand for both sides.</param>
        public static DeformationField Create(
            ReadOnlySpan<float> points, ReadOnlySpan<float> displacements, bool mirrorX = false)
        {
            Library.Require();
            UIntPtr count = Arguments.Rows(points.Length, 3, nameof(points));
            Arguments.Length(displacements.Length, points.Length, nameof(displacements));
            uint* offsets = stackalloc uint[2];
            offsets[0] = 0;
            offsets[1] = (uint)count;
            HemField* made;
            fixed (float* p = points, d = displacements)
            {
                Library.Check(NativeMethods.hem_field_create(
                    offsets, (UIntPtr)1u, p, d, count, null, mirrorX ? 1u : 0u, &made));
            }

            return new DeformationField(made);
        }

        /// <summary>Makes a field from a body and its other shape, vertex by vertex.</summary>
        /// <param name="body">Positions, 3 numbers a vertex.</param>
        /// <param name="deformed">The same vertices in the other shape.</param>
        /// <param name="triangles">The body's triangles, from which distances count; left out: from the vertices.</param>
        public static DeformationField FromShapes(
            ReadOnlySpan<float> body,
            ReadOnlySpan<float> deformed,
            ReadOnlySpan<int> triangles = default,
            FieldCreationOptions? options = null,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr count = Arguments.Rows(body.Length, 3, nameof(body));
            Arguments.Length(deformed.Length, body.Length, nameof(deformed));
            UIntPtr triangleCount = Arguments.Rows(triangles.Length, 3, nameof(triangles));
            FieldCreationOptions chosen = options ?? FieldCreationOptions.Default;
            HemField* made;
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* b = body, d = deformed)
            fixed (int* t = triangles)
            {
                call.Check(NativeMethods.hem_field_create_from_shapes(
                    b, count, d, count, null, (uint*)t, triangleCount, &chosen, &made, call.Pointer));
            }

            return new DeformationField(made);
        }

        /// <summary>Writes a field file (.npz). A file that is there is replaced by a whole one or stays.</summary>
        public void Save(string path)
        {
            using (var field = Borrow())
            fixed (byte* name = Utf8.Write(path))
            {
                Library.Check(NativeMethods.hem_field_save((HemField*)field.Pointer, name));
            }
        }

        /// <summary>Moves points of world space by the field.</summary>
        /// <param name="points">Positions, 3 numbers each.</param>
        /// <param name="result">As many; may be the same memory.</param>
        /// <param name="mask">Factors of the displacements, one a point; may be left out.</param>
        public void Apply(
            ReadOnlySpan<float> points,
            Span<float> result,
            ReadOnlySpan<float> mask = default,
            FieldOptions? options = null,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr count = Arguments.Rows(points.Length, 3, nameof(points));
            Arguments.Length(result.Length, points.Length, nameof(result));
            Arguments.OptionalLength(mask.Length, (long)count, nameof(mask));
            FieldOptions chosen = options ?? FieldOptions.Default;
            using (var field = Borrow())
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* p = points, m = mask, r = result)
            {
                call.Check(NativeMethods.hem_field_apply(
                    (HemField*)field.Pointer, p, count, m, &chosen, r, call.Pointer));
            }
        }

        /// <summary>The samples as a file holds them, a view of the library's memory: valid until this is disposed of.</summary>
        public FieldSamples Samples
        {
            get
            {
                uint* offsets;
                float* points, displacements;
                double* world;
                UIntPtr steps, samples, mirrored;
                using (var field = Borrow())
                {
                    Library.Check(NativeMethods.hem_field_view(
                        (HemField*)field.Pointer, &offsets, &points, &displacements, &world, &steps, &samples, &mirrored));
                }

                return new FieldSamples
                {
                    Offsets = new ReadOnlySpan<int>(offsets, (int)steps + 1),
                    Points = new ReadOnlySpan<float>(points, 3 * (int)samples),
                    Displacements = new ReadOnlySpan<float>(displacements, 3 * (int)samples),
                    WorldMatrix = new ReadOnlySpan<double>(world, 16),
                    MirrorX = mirrored != UIntPtr.Zero,
                };
            }
        }

        /// <inheritdoc/>
        protected override bool ReleaseHandle()
        {
            NativeMethods.hem_field_destroy((HemField*)handle);
            return true;
        }
    }
}
