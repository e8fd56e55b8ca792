// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline
{
    /// <summary>Normalises, limits and prunes skin weights.</summary>
    public static unsafe class WeightCleanup
    {
        /// <summary>
        /// Makes the weights of each vertex add up to 1, in place, as Blender's Normalize All; dense,
        /// vertex-major.
        /// </summary>
        /// <param name="weights">Weights, changed in place.</param>
        /// <param name="groupCount">Number of groups.</param>
        /// <param name="lockedGroups">A byte a group, not 0 for groups that keep their weights; may be left out.</param>
        /// <returns>Vertices whose weights are all 0.</returns>
        public static int Normalize(
            Span<float> weights, int groupCount, ReadOnlySpan<byte> lockedGroups = default)
        {
            Library.Require();
            Arguments.OptionalLength(lockedGroups.Length, groupCount, nameof(lockedGroups));
            UIntPtr vertices = Arguments.Rows(weights.Length, groupCount, nameof(weights));
            UIntPtr zero;
            fixed (float* w = weights)
            fixed (byte* locked = lockedGroups)
            {
                Library.Check(NativeMethods.hem_normalize_weights_dense(
                    w, vertices, Arguments.Count(groupCount, nameof(groupCount)), null, locked, &zero));
            }

            return (int)zero;
        }

        /// <summary>The same on sparse rows: <paramref name="weights"/> replace those of the rows.</summary>
        public static int Normalize(
            WeightRows rows, Span<float> weights, ReadOnlySpan<byte> lockedGroups = default)
        {
            Library.Require();
            Arguments.Length(weights.Length, rows.Groups.Length, nameof(weights));
            Arguments.OptionalLength(lockedGroups.Length, rows.GroupCount, nameof(lockedGroups));
            UIntPtr zero;
            fixed (int* o = rows.Offsets, g = rows.Groups)
            fixed (float* w = weights)
            fixed (byte* locked = lockedGroups)
            {
                Library.Check(NativeMethods.hem_normalize_weights_sparse(
                    (uint*)o, rows.Vertices, (uint*)g, w, rows.Entries, rows.GroupTotal, null, locked, &zero));
            }

            return (int)zero;
        }

        /// <summary>Keeps the largest weights of each vertex, 4 by default; kept ones fade before they drop out.</summary>
        public static SparseWeights Limit(WeightRows rows, LimitOptions? options = null)
        {
            Library.Require();
            LimitOptions chosen = options ?? LimitOptions.Default;
            HemSparseWeights* made;
            fixed (int* o = rows.Offsets, g = rows.Groups)
            fixed (float* w = rows.Weights)
            {
                Library.Check(NativeMethods.hem_limit_weights_sparse(
                    (uint*)o, rows.Vertices, (uint*)g, w, rows.Entries, rows.GroupTotal, null, &chosen, &made, null));
            }

            return new SparseWeights(made);
        }

        /// <summary>The same in place on dense weights, vertex-major; the number of vertices that had too many.</summary>
        public static int Limit(Span<float> weights, int groupCount, LimitOptions? options = null)
        {
            Library.Require();
            UIntPtr vertices = Arguments.Rows(weights.Length, groupCount, nameof(weights)), limited;
            LimitOptions chosen = options ?? LimitOptions.Default;
            fixed (float* w = weights)
            {
                Library.Check(NativeMethods.hem_limit_weights_dense(
                    w, vertices, Arguments.Count(groupCount, nameof(groupCount)), null, &chosen, &limited));
            }

            return (int)limited;
        }

        /// <summary>Drops weights at or below a threshold, in place; dense. The number of vertices that lost all.</summary>
        public static int Prune(Span<float> weights, int groupCount, PruneOptions? options = null)
        {
            Library.Require();
            UIntPtr vertices = Arguments.Rows(weights.Length, groupCount, nameof(weights)), emptied;
            PruneOptions chosen = options ?? PruneOptions.Default;
            fixed (float* w = weights)
            {
                Library.Check(NativeMethods.hem_prune_weights_dense(
                    w, vertices, Arguments.Count(groupCount, nameof(groupCount)), null, &chosen, &emptied));
            }

            return (int)emptied;
        }

        /// <summary>Drops weights at or below a threshold, as Blender's Clean Vertex Groups.</summary>
        public static SparseWeights Prune(WeightRows rows, PruneOptions? options = null)
        {
            Library.Require();
            PruneOptions chosen = options ?? PruneOptions.Default;
            HemSparseWeights* made;
            fixed (int* o = rows.Offsets, g = rows.Groups)
            fixed (float* w = rows.Weights)
            {
                Library.Check(NativeMethods.hem_prune_weights_sparse(
                    (uint*)o, rows.Vertices, (uint*)g, w, rows.Entries, rows.GroupTotal, null, &chosen, &made, null));
            }

            return new SparseWeights(made);
        }
    }
}
