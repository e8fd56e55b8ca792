// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.IO;
using System.Runtime.InteropServices;

namespace Hemline
{
    /// <summary>What the file of a native library says about itself, read without loading it.</summary>
    internal static class LibraryFile
    {
        const ushort ElfX64 = 62, ElfArm64 = 183;
        const ushort PeX64 = 0x8664, PeArm64 = 0xaa64;
        const uint MachX64 = 0x01000007, MachArm64 = 0x0100000c;
        const uint MachMagic = 0xfeedfacf, MachFatMagic = 0xbebafeca;

        /// <summary>The file's name on this platform; it carries the version.</summary>
        internal static string Name
        {
            get
            {
                string name = NativeMethods.LibraryName;
                if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
                {
                    return name + ".dll";
                }

                return "lib" + name + (RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? ".dylib" : ".so");
            }
        }

        /// <summary>Why a file cannot be loaded into this process; null if nothing speaks against it.</summary>
        internal static string Fault(string path)
        {
            byte[] head = new byte[4096];
            long length;
            using (var file = File.OpenRead(path))
            {
                length = file.Length;
                Array.Resize(ref head, file.Read(head, 0, head.Length));
            }

            if (head.Length < 64)
            {
                return "the file is cut off";
            }

            if (head[0] == 0x7f && head[1] == 'E' && head[2] == 'L' && head[3] == 'F')
            {
                return ElfFault(head, length);
            }

            if (head[0] == 'M' && head[1] == 'Z')
            {
                return PeFault(head, length);
            }

            uint magic = BitConverter.ToUInt32(head, 0);
            if (magic == MachMagic)
            {
                return MachFault(BitConverter.ToUInt32(head, 4));
            }

            return magic == MachFatMagic ? null : "it is no library";
        }

        /// <summary>ELF, 64 bit: the table of sections comes last in the file.</summary>
        static string ElfFault(byte[] head, long length)
        {
            ulong end = BitConverter.ToUInt64(head, 40)
                + (ulong)BitConverter.ToUInt16(head, 58) * BitConverter.ToUInt16(head, 60);
            if (end > (ulong)length)
            {
                return CutOff(end, length);
            }

            return Machine(BitConverter.ToUInt16(head, 18), ElfX64, ElfArm64);
        }

        /// <summary>PE: each section says where its bytes lie.</summary>
        static string PeFault(byte[] head, long length)
        {
            int start = BitConverter.ToInt32(head, 60);
            if (start < 0 || start + 24 > head.Length)
            {
                return "the file is cut off";
            }

            int sections = start + 24 + BitConverter.ToUInt16(head, start + 20);
            for (int section = 0; section < BitConverter.ToUInt16(head, start + 6); section++)
            {
                int entry = sections + 40 * section;
                if (entry + 40 > head.Length)
                {
                    return "the file is cut off";
                }

                ulong end = (ulong)BitConverter.ToUInt32(head, entry + 16) + BitConverter.ToUInt32(head, entry + 20);
                if (end > (ulong)length)
                {
                    return CutOff(end, length);
                }
            }

            return Machine(BitConverter.ToUInt16(head, start + 4), PeX64, PeArm64);
        }

        static string MachFault(uint machine)
        {
            return Machine(machine, MachX64, MachArm64);
        }

        static string CutOff(ulong expected, long length)
        {
            return "the file is cut off: it has " + length + " bytes, expected " + expected + " at least";
        }

        static string Machine(uint machine, uint x64, uint arm64)
        {
            Architecture process = RuntimeInformation.ProcessArchitecture;
            uint expected = process == Architecture.Arm64 ? arm64 : x64;
            if (machine == expected)
            {
                return null;
            }

            string found = machine == x64 ? "X64" : machine == arm64 ? "Arm64" : "machine " + machine;
            return "it is for " + found + ", but this process is " + process;
        }
    }
}
