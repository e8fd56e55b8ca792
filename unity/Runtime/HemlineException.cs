// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline
{
    /// <summary>A call that failed: the library's status and its text.</summary>
    public sealed class HemlineException : Exception
    {
        internal HemlineException(Status status, string message) : base(message)
        {
            Status = status;
        }

        /// <summary>Why the call failed, as a number.</summary>
        public Status Status { get; }
    }

    /// <summary>The native library is missing, broken, or of another version.</summary>
    public sealed class LibraryUnusableException : Exception
    {
        internal LibraryUnusableException(string message, Exception cause = null) : base(message, cause)
        {
        }
    }
}
