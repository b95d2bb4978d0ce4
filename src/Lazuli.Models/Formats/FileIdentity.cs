using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Lazuli.Models;

/// <summary>Which file of which disk a path means. A file put in another's place has another identity, though name, size and time may be equal.</summary>
/// <param name="Inode">The file's number on its disk.</param>
/// <param name="Device">The disk's number, which may change when the machine starts again.</param>
public readonly partial record struct FileIdentity(ulong Inode, ulong Device)
{
    /// <summary>The identity of an existing file; null where the system does not tell (other systems than Linux).</summary>
    public static FileIdentity? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        // struct statx of linux/stat.h, the same on every architecture.
        const int Length = 256;
        const int InodeAt = 32;
        const int MajorAt = 136;
        const int MinorAt = 140;
        const int WorkingDirectory = -100;
        const uint Inodes = 0x100;
        Span<byte> status = stackalloc byte[Length];
        try
        {
            if (Status(WorkingDirectory, path, 0, Inodes, ref MemoryMarshal.GetReference(status)) != 0)
            {
                return null;
            }
        }
        catch (EntryPointNotFoundException)
        {
            return null; // a C library older than the call
        }

        ulong device = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(status[MajorAt..]) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(status[MinorAt..]);
        return new FileIdentity(BinaryPrimitives.ReadUInt64LittleEndian(status[InodeAt..]), device);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int directory, string path, int flags, uint mask, ref byte status);
}
