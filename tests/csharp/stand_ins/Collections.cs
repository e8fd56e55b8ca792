// SPDX-License-Identifier: MIT OR Apache-2.0
// Stand-ins for Unity's types; see Mathematics.cs.
using System;
using System.Runtime.InteropServices;

namespace Unity.Collections
{
    public enum Allocator
    {
        Temp,
    }

    public struct NativeArray<T> : IDisposable where T : struct
    {
        readonly T[] values;
        GCHandle pinned;

        public NativeArray(int length, Allocator allocator)
        {
            values = new T[length];
            pinned = GCHandle.Alloc(values, GCHandleType.Pinned);
        }

        public int Length
        {
            get { return values.Length; }
        }

        internal IntPtr Address
        {
            get { return pinned.AddrOfPinnedObject(); }
        }

        public T this[int index]
        {
            get { return values[index]; }
            set { values[index] = value; }
        }

        public void Dispose()
        {
            pinned.Free();
        }
    }
}

namespace Unity.Collections.LowLevel.Unsafe
{
    public static unsafe class NativeArrayUnsafeUtility
    {
        public static void* GetUnsafePtr<T>(this NativeArray<T> array) where T : struct
        {
            return (void*)array.Address;
        }

        public static void* GetUnsafeReadOnlyPtr<T>(this NativeArray<T> array) where T : struct
        {
            return (void*)array.Address;
        }
    }
}
