// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline
{
    /// <summary>Moves points by their bones, and back.</summary>
    public static unsafe class Skinning
    {
        /// <summary>Skins points: each bone moves by posed · rest⁻¹.</summary>
        /// <param name="weights">A row a vertex; group g belongs to bone g.</param>
        /// <param name="rest">16 numbers a bone, row-major, affine, with an inverse.</param>
        /// <param name="posed">16 numbers a bone, row-major, affine.</param>
        /// <param name="positions">3 numbers a vertex.</param>
        /// <param name="displacements">Of shape keys, 3 numbers a vertex, key after key; may be left out.</param>
        public static SkinnedPoints Skin(
            WeightRows weights,
            ReadOnlySpan<float> rest,
            ReadOnlySpan<float> posed,
            ReadOnlySpan<float> positions,
            SkinningOptions? options = null,
            ReadOnlySpan<float> displacements = default)
        {
            return Move(weights, rest, posed, positions, displacements, options, false);
        }

        /// <summary>Undoes skinning. A vertex whose bones blend to a map without an inverse stays.</summary>
        public static SkinnedPoints Unskin(
            WeightRows weights,
            ReadOnlySpan<float> rest,
            ReadOnlySpan<float> posed,
            ReadOnlySpan<float> positions,
            SkinningOptions? options = null,
            ReadOnlySpan<float> displacements = default)
        {
            return Move(weights, rest, posed, positions, displacements, options, true);
        }

        /// <summary>The same by delta matrices (posed · rest⁻¹), 16 numbers a bone.</summary>
        internal static SkinnedPoints ByDeltas(
            WeightRows weights,
            double[] deltas,
            ReadOnlySpan<float> positions,
            ReadOnlySpan<float> displacements = default,
            bool back = false)
        {
            float[] rest = Matrices.ToFloat(Matrices.Identities(deltas.Length / 16));
            return Move(weights, rest, Matrices.ToFloat(deltas), positions, displacements, null, back);
        }

        static SkinnedPoints Move(
            WeightRows weights,
            ReadOnlySpan<float> rest,
            ReadOnlySpan<float> posed,
            ReadOnlySpan<float> positions,
            ReadOnlySpan<float> displacements,
            SkinningOptions? options,
            bool back)
        {
            UIntPtr bones = BoneCount(weights, rest, posed, positions);
            UIntPtr sets = Arguments.Rows(displacements.Length, positions.Length, nameof(displacements));
            SkinningOptions chosen = options ?? SkinningOptions.Default;
            var moved = new SkinnedPoints(weights.VertexCount, displacements.Length);
            fixed (int* o = weights.Offsets, g = weights.Groups)
            fixed (float* w = weights.Weights, r = rest, b = posed, p = positions, result = moved.Positions)
            fixed (float* d = displacements, displaced = moved.Displacements)
            fixed (byte* status = moved.StatusBytes)
            {
                Library.Check(back
                    ? NativeMethods.hem_unskin_points(
                        (uint*)o, weights.Vertices, (uint*)g, w, weights.Entries, weights.GroupTotal, null,
                        r, b, bones, null, p, null, d, sets, &chosen, result, null, displaced, status)
                    : NativeMethods.hem_skin_points(
                        (uint*)o, weights.Vertices, (uint*)g, w, weights.Entries, weights.GroupTotal, null,
                        r, b, bones, null, p, null, d, sets, &chosen, result, null, displaced, status));
            }

            return moved;
        }

        /// <summary>Skins points in double precision.</summary>
        public static double[] Skin(
            WeightRows weights,
            ReadOnlySpan<double> rest,
            ReadOnlySpan<double> posed,
            ReadOnlySpan<double> positions,
            SkinningOptions? options = null)
        {
            return Move(weights, rest, posed, positions, options, false);
        }

        /// <summary>Undoes it in double precision.</summary>
        public static double[] Unskin(
            WeightRows weights,
            ReadOnlySpan<double> rest,
            ReadOnlySpan<double> posed,
            ReadOnlySpan<double> positions,
            SkinningOptions? options = null)
        {
            return Move(weights, rest, posed, positions, options, true);
        }

        static double[] Move(
            WeightRows weights,
            ReadOnlySpan<double> rest,
            ReadOnlySpan<double> posed,
            ReadOnlySpan<double> positions,
            SkinningOptions? options,
            bool back)
        {
            UIntPtr bones = BoneCount(weights, rest, posed, positions);
            SkinningOptions chosen = options ?? SkinningOptions.Default;
            double[] moved = new double[positions.Length];
            fixed (int* o = weights.Offsets, g = weights.Groups)
            fixed (float* w = weights.Weights)
            fixed (double* r = rest, b = posed, p = positions, result = moved)
            {
                Library.Check(back
                    ? NativeMethods.hem_unskin_points_f64(
                        (uint*)o, weights.Vertices, (uint*)g, w, weights.Entries, weights.GroupTotal, null,
                        r, b, bones, null, p, null, null, UIntPtr.Zero, &chosen, result, null, null, null)
                    : NativeMethods.hem_skin_points_f64(
                        (uint*)o, weights.Vertices, (uint*)g, w, weights.Entries, weights.GroupTotal, null,
                        r, b, bones, null, p, null, null, UIntPtr.Zero, &chosen, result, null, null, null));
            }

            return moved;
        }

        /// <summary>The number of bones, once the lengths agree.</summary>
        static UIntPtr BoneCount<T>(
            WeightRows weights, ReadOnlySpan<T> rest, ReadOnlySpan<T> posed, ReadOnlySpan<T> positions)
        {
            Library.Require();
            Arguments.Length(positions.Length, 3L * weights.VertexCount, nameof(positions));
            Arguments.Length(rest.Length, posed.Length, nameof(rest));
            UIntPtr bones = Arguments.Rows(posed.Length, 16, nameof(posed));
            Arguments.Length(weights.GroupCount, (long)bones, nameof(weights));
            return bones;
        }
    }

    /// <summary>Points moved by their bones.</summary>
    public sealed class SkinnedPoints
    {
        internal SkinnedPoints(int count, int displacements)
        {
            Positions = new float[3 * count];
            Displacements = new float[displacements];
            StatusBytes = new byte[count];
        }

        /// <summary>3 numbers a vertex.</summary>
        public float[] Positions { get; }

        /// <summary>As many as were given.</summary>
        public float[] Displacements { get; }

        internal byte[] StatusBytes { get; }

        /// <summary>What became of a vertex.</summary>
        public VertexStatus Status(int vertex)
        {
            return (VertexStatus)StatusBytes[vertex];
        }
    }
}
