// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;
#if UNITY_5_3_OR_NEWER
using AOT;
#endif

namespace Hemline
{
    /// <summary>
    /// HemProgress for one call: reports to an <see cref="IProgress{T}"/> and stops when a token is
    /// cancelled. The callback is static and finds its call by a GCHandle, as IL2CPP needs it.
    /// </summary>
    internal sealed unsafe class ProgressCall : IDisposable
    {
        static readonly Callback Report = OnReport;

        readonly IProgress<float> progress;
        readonly CancellationToken cancel;
        readonly CancellationTokenRegistration registration;
        readonly GCHandle self;
        readonly HemProgress* native;
        readonly int* flag;
        ExceptionDispatchInfo thrown;

        internal ProgressCall(IProgress<float> progress, CancellationToken cancel)
        {
            Library.Require();
            cancel.ThrowIfCancellationRequested();
            if (progress == null && !cancel.CanBeCanceled)
            {
                return;
            }

            this.progress = progress;
            this.cancel = cancel;
            self = GCHandle.Alloc(this);
            native = (HemProgress*)Marshal.AllocHGlobal(sizeof(HemProgress) + sizeof(int));
            flag = (int*)(native + 1);
            *flag = 0;
            native->struct_size = (uint)sizeof(HemProgress);
            native->reserved = 0;
            native->callback = (void*)Marshal.GetFunctionPointerForDelegate(Report);
            native->user_data = (void*)GCHandle.ToIntPtr(self);
            native->cancel_flag = flag;
            registration = cancel.Register(RaiseFlag);
        }

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        delegate int Callback(float fraction, IntPtr userData);

        internal HemProgress* Pointer
        {
            get { return native; }
        }

        /// <summary>What the call came to: the listener's own exception, a cancel, or the library's error.</summary>
        internal void Check(Status status)
        {
            if (thrown != null)
            {
                thrown.Throw();
            }

            if (status == Status.Cancelled)
            {
                throw new OperationCanceledException(cancel);
            }

            Library.Check(status);
        }

        public void Dispose()
        {
            if (native == null)
            {
                return;
            }

            // Waits for RaiseFlag where it runs: the flag's memory goes next.
            registration.Dispose();
            Marshal.FreeHGlobal((IntPtr)native);
            self.Free();
        }

        [MonoPInvokeCallback(typeof(Callback))]
        static int OnReport(float fraction, IntPtr userData)
        {
            var call = (ProgressCall)GCHandle.FromIntPtr(userData).Target;
            try
            {
                if (call.progress != null)
                {
                    call.progress.Report(fraction);
                }

                return call.cancel.IsCancellationRequested ? 1 : 0;
            }
            catch (Exception error)
            {
                // An exception must not pass through native frames.
                call.thrown = ExceptionDispatchInfo.Capture(error);
                return 1;
            }
        }

        void RaiseFlag()
        {
            Volatile.Write(ref *flag, 1);
        }
    }
}
