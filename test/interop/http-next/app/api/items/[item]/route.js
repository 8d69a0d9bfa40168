export async function GET(_request, { params }) {
  return Response.json(await params)
}

export async function POST(request) {
  return Response.json(await request.json())
}
