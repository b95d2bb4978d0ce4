using SkiaSharp;

namespace Lazuli.Compute;

/// <summary>Draws into a bitmap, finer than the nominal size so that it prints well.</summary>
internal sealed class PngDrawing : IDrawing, IDisposable
{
    private const float Scale = 2; // 2400 pixels across: 300 dots an inch on 8 inches of paper
    private const int CompressionLevel = 4; // of zlib's 9: most of the size for a fraction of the time
    private const float HaloWidth = 3;
    private readonly SKSurface _surface;
    private readonly SKCanvas _canvas;

    public PngDrawing(double width, double height)
    {
        _surface = SKSurface.Create(new SKImageInfo((int)(width * Scale), (int)(height * Scale), SKColorType.Rgba8888, SKAlphaType.Premul))
            ?? throw new InvalidOperationException($"No room for a picture of {width:0} by {height:0} pixels at scale {Scale:0}.");
        _canvas = _surface.Canvas;
        _canvas.Clear(SKColors.White);
        _canvas.Scale(Scale);
    }

    /// <summary>The finished picture as PNG.</summary>
    public byte[] ToArray()
    {
        using SKPixmap pixels = _surface.PeekPixels();
        using SKData data = pixels.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.Sub, CompressionLevel))
            ?? throw new InvalidOperationException("The picture could not be encoded as PNG.");
        return data.ToArray();
    }

    public void Line(double x1, double y1, double x2, double y2, Stroke stroke)
    {
        using var paint = new SKPaint { Color = SKColor.Parse(stroke.Colour), StrokeWidth = (float)stroke.Width, IsAntialias = true, Style = SKPaintStyle.Stroke };
        using SKPathEffect? dash = stroke.Dash is null ? null : SKPathEffect.CreateDash([.. stroke.Dash], 0);
        paint.PathEffect = dash;
        _canvas.DrawLine((float)x1, (float)y1, (float)x2, (float)y2, paint);
    }

    public void Polygon(IReadOnlyList<(double X, double Y)> corners, string fill, double opacity)
    {
        using var paint = new SKPaint { Color = SKColor.Parse(fill).WithAlpha((byte)Math.Round(opacity * byte.MaxValue)), IsAntialias = true };
        using SKPath path = PathOf(corners);
        _canvas.DrawPath(path, paint);
    }

    public void Marker(MarkerShape shape, double x, double y, double radius, string? fill, string outline)
    {
        using var inside = new SKPaint { Color = SKColor.Parse(fill ?? Ink.White), IsAntialias = true };
        using var rim = new SKPaint { Color = SKColor.Parse(outline), StrokeWidth = 1.1f, IsAntialias = true, Style = SKPaintStyle.Stroke };
        if (shape == MarkerShape.Circle)
        {
            _canvas.DrawCircle((float)x, (float)y, (float)radius, inside);
            _canvas.DrawCircle((float)x, (float)y, (float)radius, rim);
            return;
        }

        using SKPath path = PathOf(MarkerOutline.Of(shape, x, y, radius));
        _canvas.DrawPath(path, inside);
        _canvas.DrawPath(path, rim);
    }

    public void Text(double x, double y, string text, TextStyle style)
    {
        using SKFont font = ChartFont.Of(style.Size, style.IsBold);
        string drawable = ChartFont.Drawable(text, font);
        float left = (float)(x - (style.Align * font.MeasureText(drawable)));
        if (style.HasHalo)
        {
            using var halo = new SKPaint { Color = SKColors.White, StrokeWidth = HaloWidth, StrokeJoin = SKStrokeJoin.Round, IsAntialias = true, Style = SKPaintStyle.Stroke };
            _canvas.DrawText(drawable, left, (float)y, font, halo);
        }

        using var paint = new SKPaint { Color = SKColor.Parse(style.Colour), IsAntialias = true };
        _canvas.DrawText(drawable, left, (float)y, font, paint);
    }

    public void Dispose() => _surface.Dispose();

    private static SKPath PathOf(IReadOnlyList<(double X, double Y)> corners)
    {
        var path = new SKPath();
        path.AddPoly([.. corners.Select(c => new SKPoint((float)c.X, (float)c.Y))], close: true);
        return path;
    }
}
