using System.Runtime.ExceptionServices;
using Lazuli.Numerics;

namespace Lazuli.Models;

/// <summary>Writing the same file with its matrices in another order of bytes.</summary>
public sealed partial class GgufModelFile
{
    private const int CopyBytes = 8 << 20;

    /// <summary>
    /// Writes the file with its matrices in a layout: the same length, the same header behind another mark, every tensor in its place. There and back again gives the
    /// file that was, to the byte. It appears under its name whole and durable, or not at all.
    /// </summary>
    /// <param name="path">Name of the file to come; not this file.</param>
    /// <param name="layout">How matrices are to lie that can lie in either way.</param>
    /// <param name="cancellationToken">Stops; no file is left then.</param>
    /// <exception cref="ArgumentException">The path is this file.</exception>
    /// <exception cref="IOException">The file cannot be created, or the disk failed or is full.</exception>
    public void WriteInLayout(string path, WeightLayout layout, CancellationToken cancellationToken = default)
    {
        if (System.IO.Path.GetFullPath(path) == System.IO.Path.GetFullPath(Path))
        {
            throw new ArgumentException($"'{path}' is the file that is read; give another name.", nameof(path));
        }

        using var file = new StagedFile(path, _file.Length);
        ReadOnlySpan<byte> mark = layout == WeightLayout.Lanes ? "GGLN"u8 : "GGUF"u8;
        file.Write(mark, 0);
        long at = mark.Length;
        byte[] buffer = new byte[CopyBytes];
        foreach (MappedTensor tensor in Tensors)
        {
            long place = _file.OffsetOf(tensor.Address);
            Copy(file, at, place, cancellationToken);
            if (tensor.Layout != layout && LaneLayout.Fits(tensor.Format, tensor.Rows, tensor.Columns) && tensor.Rows > 1)
            {
                Rearrange(file, place, tensor, ref buffer, cancellationToken);
            }
            else
            {
                Copy(file, place, place + tensor.ByteLength, cancellationToken);
            }

            at = place + tensor.ByteLength;
        }

        Copy(file, at, _file.Length, cancellationToken);
        file.Commit();
    }

    private void Copy(StagedFile file, long from, long end, CancellationToken cancellationToken)
    {
        for (long at = from; at < end; at += CopyBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            file.Write(_file.Bytes(at, (int)Math.Min(CopyBytes, end - at)), at);
        }
    }

    private void Rearrange(StagedFile file, long place, MappedTensor tensor, ref byte[] buffer, CancellationToken cancellationToken)
    {
        int rowBytes = checked((int)(tensor.ByteLength / tensor.Rows)), groupBytes = checked(rowBytes * LaneLayout.GroupRows);
        int groupsAtOnce = Math.Max(1, CopyBytes / groupBytes), groups = tensor.Rows / LaneLayout.GroupRows;
        if (buffer.Length < groupBytes)
        {
            buffer = new byte[groupBytes];
        }

        byte[] target = buffer;
        for (int first = 0; first < groups; first += groupsAtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(groupsAtOnce, groups - first), start = first;
            try
            {
                Parallel.For(0, count, i => Rearrange(tensor, start + i, target.AsSpan(i * groupBytes, groupBytes)));
            }
            catch (AggregateException e)
            {
                ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            }

            file.Write(target.AsSpan(0, count * groupBytes), place + ((long)first * groupBytes));
        }
    }

    private void Rearrange(MappedTensor tensor, int group, Span<byte> to)
    {
        ReadOnlySpan<byte> from = Rows(tensor, group * LaneLayout.GroupRows, LaneLayout.GroupRows);
        if (tensor.Layout == WeightLayout.Rows)
        {
            LaneLayout.Arrange(tensor.Format, tensor.Columns, from, to);
            return;
        }

        int rowBytes = from.Length / LaneLayout.GroupRows;
        for (int row = 0; row < LaneLayout.GroupRows; row++)
        {
            LaneLayout.RestoreRow(tensor.Format, tensor.Columns, from, row, to.Slice(row * rowBytes, rowBytes));
        }
    }
}
