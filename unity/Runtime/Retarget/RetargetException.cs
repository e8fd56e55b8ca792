// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline
{
    /// <summary>A retarget cannot go on with what it was given; the text says what and what was expected.</summary>
    public sealed class RetargetException : Exception
    {
        /// <param name="message">What is wrong.</param>
        /// <param name="cause">What led to it, if anything.</param>
        public RetargetException(string message, Exception cause = null) : base(message, cause)
        {
        }
    }
}
