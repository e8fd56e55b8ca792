// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Hemline
{
    /// <summary>What one call with nested structs points to: kept in place until it is over.</summary>
    internal sealed unsafe class CallMemory : IDisposable
    {
        readonly List<GCHandle> pinned = new List<GCHandle>();
        readonly List<IntPtr> allocated = new List<IntPtr>();
        readonly List<NativeHandle.Lease> leases = new List<NativeHandle.Lease>();

        /// <summary>Address of an array; null for one that is left out or empty.</summary>
        internal void* Pin(Array array)
        {
            if (array == null || array.Length == 0)
            {
                return null;
            }

            var handle = GCHandle.Alloc(array, GCHandleType.Pinned);
            pinned.Add(handle);
            return (void*)handle.AddrOfPinnedObject();
        }

        /// <summary>Memory for structs.</summary>
        internal void* Allocate(int bytes)
        {
            IntPtr memory = Marshal.AllocHGlobal(Math.Max(bytes, 1));
            allocated.Add(memory);
            return (void*)memory;
        }

        /// <summary>Pointer of a handle; null for one that is left out.</summary>
        internal void* Borrow(NativeHandle optional)
        {
            var lease = NativeHandle.BorrowOptional(optional);
            leases.Add(lease);
            return lease.Pointer;
        }

        public void Dispose()
        {
            pinned.ForEach(handle => handle.Free());
            allocated.ForEach(Marshal.FreeHGlobal);
            leases.ForEach(lease => lease.Dispose());
        }
    }
}
