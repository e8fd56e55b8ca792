// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline
{
    /// <summary>One progress of several parts of equal size, one after another; it never goes back.</summary>
    internal sealed class ProgressParts
    {
        readonly IProgress<float> whole;
        readonly int count;
        float reached;
        int next;

        internal ProgressParts(IProgress<float> whole, int count)
        {
            this.whole = whole;
            this.count = count;
        }

        /// <summary>The progress of the next part; null where nobody listens.</summary>
        internal IProgress<float> Next()
        {
            return whole == null ? null : new Part(this, next++);
        }

        void Report(float fraction)
        {
            reached = Math.Max(reached, Math.Min(fraction, 1));
            whole.Report(reached);
        }

        sealed class Part : IProgress<float>
        {
            readonly ProgressParts parts;
            readonly int number;

            internal Part(ProgressParts parts, int number)
            {
                this.parts = parts;
                this.number = number;
            }

            public void Report(float value)
            {
                parts.Report((number + value) / parts.count);
            }
        }
    }
}
