// SPDX-License-Identifier: MIT OR Apache-2.0
using System.Text;

namespace Hemline
{
    /// <summary>Strings as C has them.</summary>
    internal static unsafe class Utf8
    {
        internal static string Read(byte* text)
        {
            int length = 0;
            while (text[length] != 0)
            {
                length++;
            }

            return Encoding.UTF8.GetString(text, length);
        }

        /// <summary>UTF-8 with a zero byte at its end.</summary>
        internal static byte[] Write(string text)
        {
            byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
            Encoding.UTF8.GetBytes(text, 0, text.Length, bytes, 0);
            return bytes;
        }
    }
}
