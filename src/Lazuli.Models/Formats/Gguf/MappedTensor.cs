using Lazuli.Numerics;

namespace Lazuli.Models;

/// <summary>A tensor that lies in a mapped file, row after row or in groups of rows; valid until the file is closed.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Format">How a row is stored.</param>
/// <param name="Rows">Rows; 1 for a vector.</param>
/// <param name="Columns">Elements of a row; a multiple of the format's block.</param>
/// <param name="Address">Address of the first byte.</param>
/// <param name="ByteLength">Bytes of all rows, which follow one another without gaps.</param>
/// <param name="Layout">In what order the bytes of rows lie.</param>
public sealed record MappedTensor(string Name, WeightFormat Format, int Rows, int Columns, nint Address, long ByteLength, WeightLayout Layout = WeightLayout.Rows);
