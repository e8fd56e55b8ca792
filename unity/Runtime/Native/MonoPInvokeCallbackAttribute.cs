// SPDX-License-Identifier: MIT OR Apache-2.0
#if !UNITY_5_3_OR_NEWER
using System;

namespace Hemline
{
    /// <summary>Unity's attribute of this name, where the package runs outside Unity.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class MonoPInvokeCallbackAttribute : Attribute
    {
        internal MonoPInvokeCallbackAttribute(Type type)
        {
        }
    }
}
#endif
