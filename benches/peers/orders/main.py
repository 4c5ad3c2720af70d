"""Places orders on gugan's own tables, the way a FastAPI backend is usually written: an ORM session a request,
models in and out, one transaction. The work is gugan's: session, idempotency key, the payer's row locked, credit,
return rate and regional price checked, reservation, order, lines, event, number."""
import os
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from random import getrandbits
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, Header, HTTPException, Response
from pydantic import BaseModel
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from schema import (Answer, Counter, Customer, Event, Exposure, Line, Login, Order, Price, Product, Region,
                    TemporaryCredit, Turnover, User)

engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=16, max_overflow=0)
new_session = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class LineDraft(BaseModel):
    product_id: UUID
    unit: str
    quantity: Decimal
    unit_price: Decimal


class OrderDraft(BaseModel):
    customer_id: UUID
    lines: list[LineDraft]


class LineView(BaseModel):
    id: UUID
    line_no: int
    product_id: UUID
    product_name: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal


class OrderView(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer_name: str
    status: str
    total: Decimal
    submitted_at: datetime
    lines: list[LineView]
    findings: list[str]


def new_id() -> UUID:
    return UUID(int=(time.time_ns() // 1_000_000) << 80 | 7 << 76 | getrandbits(12) << 64 | 2 << 62 | getrandbits(62))


async def session():
    async with new_session() as it, it.begin():
        yield it


Db = Annotated[AsyncSession, Depends(session)]


async def current_user(db: Db, authorization: Annotated[str, Header()]) -> User:
    digest = sha256(authorization.removeprefix("Bearer ").encode()).hexdigest()
    login = await db.scalar(select(Login).where(Login.digest == digest, Login.expires_at > datetime.now(UTC)))
    if login is None:
        raise HTTPException(401)
    return login.user


@app.get("/readyz")
async def ready() -> str:
    return "ok"


@app.post("/api/v1/orders", status_code=201)
async def post_order(draft: OrderDraft, db: Db, user: Annotated[User, Depends(current_user)],
                     idempotency_key: Annotated[str, Header()]) -> Response:
    digest = sha256(draft.model_dump_json().encode()).hexdigest()
    claim = insert(Answer).values(actor=user.id, key=idempotency_key, digest=digest, status=0, body="",
                                  created_at=datetime.now(UTC)).on_conflict_do_nothing()
    if (await db.execute(claim)).rowcount == 0:
        kept = await db.get_one(Answer, (user.id, idempotency_key))
        return Response(kept.body, kept.status, media_type="application/json")
    body = (await place(db, user, draft, digest)).model_dump_json()
    kept = await db.get_one(Answer, (user.id, idempotency_key))
    kept.status, kept.body = 201, body
    # The answer must not be sent before everything is true.
    await db.commit()
    return Response(body, 201, media_type="application/json")


async def place(db: AsyncSession, user: User, draft: OrderDraft, digest: str) -> OrderView:
    now = datetime.now(UTC)
    customer = await db.scalar(select(Customer).where(Customer.id == draft.customer_id,
                                                      Customer.owner_id == user.id))
    if customer is None:
        raise HTTPException(422, "customer_unknown")
    payer = await db.scalar(select(Customer).where(Customer.id == (customer.bill_to_id or customer.id))
                            .with_for_update(key_share=True).execution_options(populate_existing=True))
    if customer.is_blacklisted or payer.is_blacklisted:
        raise HTTPException(409, "customer_blacklisted")
    products = {it.id: it for it in await db.scalars(
        select(Product).where(Product.id.in_([line.product_id for line in draft.lines])))}
    amounts = [int((line.quantity * line.unit_price * 100).to_integral_value()) for line in draft.lines]
    total = sum(amounts)
    exposure = await db.get(Exposure, payer.id)
    findings = [*await credit(db, payer, exposure, total, now), *await return_rate(db, customer, now.date()),
                *await prices(db, customer, payer, draft, products, now.date())]

    order = Order(id=new_id(), number="", customer_id=customer.id, region_id=customer.region_id, rep_id=user.id,
                  entered_by=user.id, bill_to_id=payer.id, total_fen=total, submitted_at=now, created_at=now,
                  updated_at=now, accepted_at=None if findings else now, content_hash=digest, version=1,
                  status="pending_special_approval" if findings else "accepted")
    order.number = str(order.id)
    order.lines = [Line(id=new_id(), line_no=number, product_id=line.product_id, unit=line.unit, amount_fen=amount,
                        quantity_thousandths=int(line.quantity * 1000), unit_price_e4=int(line.unit_price * 10000),
                        discount_ppm=0)
                   for number, (line, amount) in enumerate(zip(draft.lines, amounts), 1)]
    if exposure is None:
        db.add(Exposure(customer_id=payer.id, reserved_fen=total, unbilled_fen=0, receivable_fen=0, credited_fen=0,
                        received_fen=0, changed_at=now))
    else:
        exposure.reserved_fen += total
        exposure.changed_at = now
    facts = {"total": f"{total / 100:.2f}", "status": order.status}
    db.add_all([order,
                Event(id=new_id(), happened_at=now, recorded_at=now, name="orders.placed", actor_id=user.id,
                      subject_type="order", subject_id=order.id, customer_id=customer.id, facts=facts,
                      kind="order_placed", title=f"下单 {total / 100:.2f} 元")])
    await db.flush()
    # As usual: the counter is locked from here on, for everybody.
    count = insert(Counter).values(kind="SO", day=now.date(), n=1).on_conflict_do_update(
        index_elements=["kind", "day"], set_={"n": Counter.n + 1}).returning(Counter.n)
    order.number = f"SO-{now:%Y%m%d}-P{await db.scalar(count):04}"
    await db.flush()
    return view(order, customer, products, findings)


async def credit(db: AsyncSession, payer: Customer, exposure: Exposure | None, total: int, now: datetime) -> list[str]:
    temporary = await db.scalar(select(func.coalesce(func.sum(TemporaryCredit.amount_fen), 0)).where(
        TemporaryCredit.customer_id == payer.id, TemporaryCredit.valid_from <= now,
        TemporaryCredit.valid_until > now))
    held = 0
    if exposure is not None:
        held = (exposure.reserved_fen + exposure.unbilled_fen + exposure.receivable_fen - exposure.credited_fen
                - exposure.received_fen)
    over = held + total - payer.credit_limit_fen - temporary
    return ["credit"] if payer.payment_terms == "monthly" and over > 0 else []


async def return_rate(db: AsyncSession, customer: Customer, today: date) -> list[str]:
    delivered, returned = (await db.execute(
        select(func.coalesce(func.sum(Turnover.delivered_fen), 0), func.coalesce(func.sum(Turnover.returned_fen), 0))
        .where(Turnover.customer_id == customer.id, Turnover.day > today - timedelta(days=366),
               Turnover.day < today))).one()
    limit = customer.return_rate_limit_ppm or 50_000
    return ["return_rate"] if delivered and returned * 1_000_000 > delivered * limit else []


async def prices(db: AsyncSession, customer: Customer, payer: Customer, draft: OrderDraft,
                 products: dict[UUID, Product], today: date) -> list[str]:
    above = select(Region.id, Region.parent_id).where(Region.id == customer.region_id).cte(recursive=True)
    above = above.union_all(select(Region.id, Region.parent_id).join(above, Region.id == above.c.parent_id))
    regions = (await db.scalars(select(above.c.id))).all()
    policies = (await db.scalars(select(Price).where(
        Price.product_id.in_(products), Price.valid_from <= today,
        or_(Price.valid_to.is_(None), Price.valid_to >= today),
        or_(Price.price_tier.is_(None), Price.price_tier == payer.price_tier),
        or_(Price.region_id.is_(None), Price.region_id.in_(regions))))).all()
    findings = []
    for line in draft.lines:
        if line.product_id not in products:
            raise HTTPException(422, "product_unknown")
        mine = [it for it in policies if it.product_id == line.product_id and it.unit == line.unit]
        nearest = min(mine, key=lambda it: regions.index(it.region_id) if it.region_id else 99, default=None)
        price = line.unit_price * 10_000
        if nearest and (price < nearest.floor_price_e4
                        or nearest.ceiling_price_e4 is not None and price > nearest.ceiling_price_e4):
            findings.append("price")
    return findings


def view(order: Order, customer: Customer, products: dict[UUID, Product], findings: list[str]) -> OrderView:
    lines = [LineView(id=line.id, line_no=line.line_no, product_id=line.product_id, unit=line.unit,
                      product_name=products[line.product_id].name, quantity=Decimal(line.quantity_thousandths) / 1000,
                      unit_price=Decimal(line.unit_price_e4) / 10_000, amount=Decimal(line.amount_fen) / 100)
             for line in order.lines]
    return OrderView(id=order.id, number=order.number, customer_id=customer.id, customer_name=customer.name,
                     status=order.status, total=Decimal(order.total_fen) / 100, submitted_at=order.submitted_at,
                     lines=lines, findings=findings)
