using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Lazuli.Models;
using Lazuli.Numerics;
using Microsoft.Win32.SafeHandles;

namespace Lazuli.Training;

/// <summary>Writes parameters and moments as raw little-endian floats and reads them back, hashing as the bytes go by, through a buffer of a megabyte.</summary>
/// <remarks>A file holds its parameters in the order of the table, without the alignment gaps, so it does not depend on how buffers are laid out.</remarks>
internal static class CheckpointTensors
{
    public const string ParametersName = "parameters.f32";
    public const string FirstMomentName = "first-moment.f32";
    public const string SecondMomentName = "second-moment.f32";

    private const int ChunkFloats = 1 << 18;

    /// <summary>Takes the values of a parameter from <paramref name="start"/> on.</summary>
    internal delegate void PieceSink(ParameterInfo parameter, long start, ReadOnlySpan<float> values);

    /// <summary>Takes the room for one file, writes and syncs it.</summary>
    /// <exception cref="IOException">The disk failed or has no room; the message names the file.</exception>
    public static CheckpointFile Write(string directory, string name, IBackend backend, DeviceBuffer buffer, IEnumerable<ParameterInfo> parameters)
    {
        string path = Path.Combine(directory, name);
        IReadOnlyCollection<ParameterInfo> all = [.. parameters];
        long room = all.Sum(p => p.Length) * sizeof(float);
        using SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, room);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        float[] chunk = ArrayPool<float>.Shared.Rent(ChunkFloats);
        try
        {
            long written = 0;
            foreach ((ParameterInfo parameter, long start, int length) in Pieces(all))
            {
                Span<float> values = chunk.AsSpan(0, length);
                backend.Download(buffer.Slice(parameter.Offset + start, length), values);
                Span<byte> bytes = MemoryMarshal.AsBytes(values);
                hash.AppendData(bytes);
                RandomAccess.Write(file, bytes, written);
                written += bytes.Length;
            }

            RandomAccess.FlushToDisk(file);
            return new CheckpointFile(name, written, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(chunk);
        }
    }

    /// <summary>Reads one file piece by piece and compares its digest at the end; on a failure <paramref name="sink"/> has had part of it.</summary>
    /// <exception cref="CheckpointFormatException">The file is missing, of another length, or has other contents.</exception>
    public static void Read(string directory, CheckpointManifest manifest, string name, IEnumerable<ParameterInfo> parameters, PieceSink sink)
    {
        string path = Path.Combine(directory, name);
        IReadOnlyCollection<ParameterInfo> all = [.. parameters];
        CheckpointFile entry = manifest.Files.FirstOrDefault(f => f.Name == name)
            ?? throw new CheckpointFormatException(Path.Combine(directory, CheckpointManifest.FileName), "files", $"an entry for {name}", "none");
        CheckLength(path, entry, all.Sum(p => p.Length) * sizeof(float));
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        float[] chunk = ArrayPool<float>.Shared.Rent(ChunkFloats);
        try
        {
            long read = 0;
            foreach ((ParameterInfo parameter, long start, int length) in Pieces(all))
            {
                Span<float> values = chunk.AsSpan(0, length);
                ReadExactly(path, file, MemoryMarshal.AsBytes(values), read);
                hash.AppendData(MemoryMarshal.AsBytes(values));
                sink(parameter, start, values);
                read += values.Length * sizeof(float);
            }

            string found = Convert.ToHexStringLower(hash.GetHashAndReset());
            if (found != entry.Sha256)
            {
                throw new CheckpointFormatException(path, "the contents", $"sha256 {entry.Sha256}", $"sha256 {found}");
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(chunk);
        }
    }

    private static void CheckLength(string path, CheckpointFile entry, long wanted)
    {
        if (entry.Bytes != wanted)
        {
            throw new CheckpointFormatException(path, "its entry in the manifest", $"{wanted} bytes", $"{entry.Bytes} bytes");
        }

        var info = new FileInfo(path);
        if (!info.Exists || info.Length != wanted)
        {
            throw new CheckpointFormatException(path, "the file", $"{wanted} bytes", info.Exists ? $"{info.Length} bytes" : "no file");
        }
    }

    private static void ReadExactly(string path, SafeFileHandle file, Span<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            int got = RandomAccess.Read(file, bytes, offset);
            if (got == 0)
            {
                throw new CheckpointFormatException(path, $"byte {offset}", $"{bytes.Length} more bytes", "the end of the file");
            }

            bytes = bytes[got..];
            offset += got;
        }
    }

    private static IEnumerable<(ParameterInfo Parameter, long Start, int Length)> Pieces(IEnumerable<ParameterInfo> parameters)
    {
        foreach (ParameterInfo parameter in parameters)
        {
            for (long start = 0; start < parameter.Length; start += ChunkFloats)
            {
                yield return (parameter, start, (int)Math.Min(ChunkFloats, parameter.Length - start));
            }
        }
    }
}
