// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline
{
    /// <summary>Neighbours of each row, a point or a query.</summary>
    public sealed unsafe class Neighbors : NativeHandle
    {
        readonly uint* offsets;
        readonly uint* indices;
        readonly float* distances;
        readonly int entryCount;

        internal Neighbors(HemNeighbors* pointer) : base(pointer)
        {
            UIntPtr rows, entries;
            fixed (uint** o = &offsets, i = &indices)
            fixed (float** d = &distances)
            {
                Library.Check(NativeMethods.hem_neighbors_view(pointer, o, i, d, &rows, &entries));
            }

            RowCount = (int)rows;
            entryCount = (int)entries;
        }

        /// <summary>Number of rows.</summary>
        public int RowCount { get; }

        /// <summary>Row bounds, one more than rows; valid until this is disposed of, like the others.</summary>
        public ReadOnlySpan<int> Offsets
        {
            get { return new ReadOnlySpan<int>(Open(offsets), RowCount + 1); }
        }

        /// <summary>The point of each entry.</summary>
        public ReadOnlySpan<int> Indices
        {
            get { return new ReadOnlySpan<int>(Open(indices), entryCount); }
        }

        /// <summary>Metres for each entry; empty where they were left out.</summary>
        public ReadOnlySpan<float> Distances
        {
            get { return new ReadOnlySpan<float>(Open(distances), distances == null ? 0 : entryCount); }
        }

        /// <inheritdoc/>
        protected override bool ReleaseHandle()
        {
            NativeMethods.hem_neighbors_destroy((HemNeighbors*)handle);
            return true;
        }

        void* Open(void* view)
        {
            if (IsClosed)
            {
                throw new ObjectDisposedException(nameof(Neighbors));
            }

            return view;
        }
    }
}
