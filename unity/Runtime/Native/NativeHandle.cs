// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Runtime.InteropServices;

namespace Hemline
{
    /// <summary>
    /// Something that the library keeps until it is disposed of. Calls that use it on other threads keep
    /// it alive till they end.
    /// </summary>
    public abstract unsafe class NativeHandle : SafeHandle
    {
        internal NativeHandle(void* pointer) : base(IntPtr.Zero, true)
        {
            SetHandle((IntPtr)pointer);
        }

        /// <inheritdoc/>
        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        /// <summary>The pointer for one call; dispose of the lease after it.</summary>
        internal Lease Borrow()
        {
            return new Lease(this);
        }

        /// <summary>The same for an argument, which must be there.</summary>
        internal static Lease Borrow(NativeHandle given, string argument)
        {
            return Arguments.NotNull(given, argument).Borrow();
        }

        /// <summary>The same for an argument that may be null.</summary>
        internal static Lease BorrowOptional(NativeHandle optional)
        {
            return optional == null ? default(Lease) : optional.Borrow();
        }

        internal struct Lease : IDisposable
        {
            readonly NativeHandle lender;

            internal Lease(NativeHandle lender)
            {
                bool added = false;
                lender.DangerousAddRef(ref added);
                this.lender = lender;
            }

            internal void* Pointer
            {
                get { return lender == null ? null : (void*)lender.handle; }
            }

            public void Dispose()
            {
                if (lender != null)
                {
                    lender.DangerousRelease();
                }
            }
        }
    }
}
