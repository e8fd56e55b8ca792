// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline
{
    /// <summary>Sparse skin weights that the library made. Groups ascend within a row.</summary>
    public sealed unsafe class SparseWeights : NativeHandle
    {
        readonly uint* offsets;
        readonly uint* groups;
        readonly float* weights;

        internal SparseWeights(HemSparseWeights* pointer) : base(pointer)
        {
            UIntPtr vertices, entries, groupTotal;
            fixed (uint** o = &offsets, g = &groups)
            fixed (float** w = &weights)
            {
                Library.Check(NativeMethods.hem_sparse_weights_view(pointer, o, g, w, &vertices, &entries, &groupTotal));
            }

            VertexCount = (int)vertices;
            EntryCount = (int)entries;
            GroupCount = (int)groupTotal;
        }

        /// <summary>Number of rows.</summary>
        public int VertexCount { get; }

        /// <summary>Number of entries of all rows.</summary>
        public int EntryCount { get; }

        /// <summary>Number of groups.</summary>
        public int GroupCount { get; }

        /// <summary>
        /// The rows, a view of the library's memory: valid until this is disposed of, or collected; so hold
        /// this by a <c>using</c> as long as they are in use.
        /// </summary>
        public WeightRows Rows
        {
            get
            {
                if (IsClosed)
                {
                    throw new ObjectDisposedException(nameof(SparseWeights));
                }

                return new WeightRows(
                    new ReadOnlySpan<int>(offsets, VertexCount + 1),
                    new ReadOnlySpan<int>(groups, EntryCount),
                    new ReadOnlySpan<float>(weights, EntryCount),
                    GroupCount);
            }
        }

        /// <summary>Makes sparse rows of dense weights (vertex-major). Zeros are left out.</summary>
        public static SparseWeights FromDense(ReadOnlySpan<float> weights, int groupCount)
        {
            Library.Require();
            UIntPtr vertices = Arguments.Rows(weights.Length, groupCount, nameof(weights));
            HemSparseWeights* made;
            fixed (float* values = weights)
            {
                Library.Check(NativeMethods.hem_sparse_from_dense(
                    values, vertices, Arguments.Count(groupCount, nameof(groupCount)), &made));
            }

            return new SparseWeights(made);
        }

        /// <inheritdoc/>
        protected override bool ReleaseHandle()
        {
            NativeMethods.hem_sparse_weights_destroy((HemSparseWeights*)handle);
            return true;
        }
    }
}
