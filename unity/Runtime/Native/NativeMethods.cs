// SPDX-License-Identifier: MIT OR Apache-2.0
namespace Hemline
{
    internal static unsafe partial class NativeMethods
    {
        /// <summary>The name that all declarations import from.</summary>
        internal const string LibraryName = __DllName;
    }
}
