// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline
{
    /// <summary>Arguments, and the lengths of spans, which C is told as counts: checked before any pointer is handed on.</summary>
    internal static class Arguments
    {
        /// <summary>The argument, which must be there.</summary>
        internal static T NotNull<T>(T value, string argument) where T : class
        {
            return value ?? throw new ArgumentNullException(argument);
        }

        /// <summary>Number of rows of a flat array.</summary>
        internal static UIntPtr Rows(int length, int columns, string argument)
        {
            if (columns == 0 ? length != 0 : length % columns != 0)
            {
                throw new ArgumentException(
                    "has " + length + " numbers, expected a multiple of " + columns, argument);
            }

            return (UIntPtr)(uint)(length / Math.Max(columns, 1));
        }

        /// <summary>A length that follows from another argument.</summary>
        internal static void Length(int length, long expected, string argument)
        {
            if (length != expected)
            {
                throw new ArgumentException("has length " + length + ", expected " + expected, argument);
            }
        }

        /// <summary>The same, where the argument may be left out (empty).</summary>
        internal static void OptionalLength(int length, long expected, string argument)
        {
            if (length != 0)
            {
                Length(length, expected, argument);
            }
        }

        /// <summary>One more than the largest label; 0 where there is none.</summary>
        internal static UIntPtr LabelCount(ReadOnlySpan<int> labels)
        {
            int count = 0;
            foreach (int label in labels)
            {
                count = Math.Max(count, label + 1);
            }

            return (UIntPtr)(uint)count;
        }

        /// <summary>A count that is not negative.</summary>
        internal static UIntPtr Count(long count, string argument)
        {
            if (count < 0)
            {
                throw new ArgumentOutOfRangeException(argument, count, "expected a count");
            }

            return (UIntPtr)(ulong)count;
        }
    }
}
